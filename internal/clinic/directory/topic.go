// The published list of topics. Ids are neutral and stay; the words people
// search by, in every language, are in the catalogs under
// directory.topic.<id> and directory.topic.<id>.words.

package directory

import "slices"

// Topic is what a group works on. It is an interest, never a fact about a person.
type Topic string

const (
	Housing       Topic = "housing"
	Work          Topic = "work"
	Transport     Topic = "transport"
	Food          Topic = "food"
	LanguageHelp  Topic = "language"
	Schools       Topic = "schools"
	ChildcareHelp Topic = "childcare"
	StreetSafety  Topic = "safety"
	Belonging     Topic = "immigrant_rights"
	Debt          Topic = "debt"
	AirWater      Topic = "air_water"
	Parks         Topic = "parks"
	ClinicHours   Topic = "clinic_hours"
	Disability    Topic = "disability"
	ElderLife     Topic = "elders"
	YouthLife     Topic = "youth"
	Wellbeing     Topic = "wellbeing"
	CareCosts     Topic = "care_costs"
	CivicLife     Topic = "civic"
	Internet      Topic = "internet"
	SmallBusiness Topic = "business"
	Culture       Topic = "culture"
	Faith         Topic = "faith"
	Climate       Topic = "climate"
)

// Topics lists every topic in the order of forms: the everyday pressures first.
func Topics() []Topic {
	return []Topic{Housing, Work, Transport, Food, LanguageHelp, Schools, ChildcareHelp, StreetSafety, Belonging, Debt,
		AirWater, Parks, ClinicHours, Disability, ElderLife, YouthLife, Wellbeing, CareCosts, CivicLife, Internet,
		SmallBusiness, Culture, Faith, Climate}
}

// Valid reports whether t is on the list.
func (t Topic) Valid() bool { return slices.Contains(Topics(), t) }

// HighRisk reports whether an interest in t could endanger a person when seen
// beside their name: hidden in lists with people, left out of exports.
func (t Topic) HighRisk() bool { return t == Belonging }

// Key is the message id of the topic's name.
func (t Topic) Key() string { return "directory.topic." + string(t) }

// WordsKey is the message id of the other words people use for the topic, separated by commas.
func (t Topic) WordsKey() string { return "directory.topic." + string(t) + ".words" }
