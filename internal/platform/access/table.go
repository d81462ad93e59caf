// The table itself. Each line: resource, then who may do what to which of them.
// test/authz.csv is an independent copy; change both, on purpose.
package access

import "strings"

// Letters: c create, r read, u update, d delete, x export, s share, a approve.
var table = build(map[Resource]string{
	// what anybody may see
	"site":    "public:r=pub",
	"group":   "public:r=pub clinician:r=org navigator:r=org,c=org,u=org organizer:c=org,r=org,u=org,a=org admin:c=org,r=org,u=org,d=org,a=org partner:r=pub,u=group system:r=all,u=all",
	"program": "public:r=pub clinician:r=org navigator:r=org,c=org,u=org organizer:c=org,r=org,u=org,a=org admin:c=org,r=org,u=org,d=org,a=org",
	"import":  "organizer:c=org,r=org,u=org,d=org admin:c=org,r=org,u=org,d=org system:c=all,r=all,u=all",
	// a group's own link: confirm that its page is still true
	"freshness": "public:r=self,u=self organizer:c=org navigator:c=org admin:c=org system:c=all",

	// introductions: the clinic room
	"offer":        "clinician:c=org,r=self navigator:c=org,r=self organizer:c=org,r=self",
	"introduction": "clinician:c=org,r=self,u=self navigator:c=org,r=org,u=org,s=org organizer:c=org,r=org,u=org,s=org partner:r=share,u=share link:r=share,u=share participant:r=self,u=self,d=self system:r=all,u=all,d=all",
	"handoff":      "clinician:r=org,c=self navigator:c=org,r=org,u=org organizer:c=org,r=org,u=org",
	"roster":       "clinician:r=org navigator:c=org,r=org,u=org,d=org organizer:c=org,r=org,u=org,d=org admin:c=org,r=org,u=org,d=org",
	"consent":      "clinician:c=org,u=org navigator:c=org,r=org,u=org organizer:c=org,r=org,u=org partner:r=share link:r=share participant:r=self,u=self leader:c=org member:r=self,u=self system:c=all,u=all",
	"recipient":    "public:r=self,u=self", // the neutral page of a recipient's link and its code
	"me":           "public:r=self,c=self participant:r=self,u=self,d=self,x=self",
	"counts":       "navigator:r=agg organizer:r=agg,x=agg lead:r=agg,x=agg evaluator:r=agg,x=agg admin:r=agg,x=agg",
	"message":      "navigator:r=org,u=org organizer:r=org,u=org system:c=all",

	// who takes part: the organizing room
	"person":      "organizer:c=org,r=org,u=org,d=org leader:c=org,r=self,u=self member:r=self,u=self,d=self,x=self system:c=all,r=all,u=all,d=all",
	"join":        "public:r=self,c=self",
	"list":        "organizer:c=org,r=org,u=org,d=org,x=org leader:c=self,r=self,u=self,d=self",
	"intake":      "organizer:c=org,r=org,u=org,d=org", // spreadsheets of people
	"merge":       "organizer:c=org,r=org,d=org",
	"practice":    "organizer:r=self,u=self leader:r=self,u=self",
	"rung":        "organizer:u=org",
	"cadence":     "organizer:r=org",
	"joinlink":    "organizer:c=org,r=org,u=org leader:c=self,r=self,u=self",
	"institution": "organizer:c=org,r=org,u=org leader:r=org system:r=all",
	"encounter":   "organizer:c=org,r=org,u=org,d=org leader:c=self,r=self,u=self member:r=self system:c=all,r=all,u=all",
	"story":       "organizer:c=org,r=org,u=org,d=org,s=org,a=org leader:c=self,r=self,u=self,d=self,s=self,a=self member:c=self,r=self,u=self,d=self,a=self system:r=all,u=all,s=all",
	"ask":         "public:r=self,c=self", // questions on a phone, and the way back with a receipt
	"answer":      "organizer:c=org,r=org,u=org leader:r=org system:r=all,u=all",
	"say":         "public:r=self,c=self", // agree, disagree or pass on a phone
	"statement":   "organizer:c=org,r=org,u=org,x=org leader:r=org system:r=all,u=all",
	"said":        "public:r=self,c=self", // a teller without a record comes back with a code
	"commitment":  "organizer:c=org,r=org,u=org leader:c=self,r=self,u=self member:r=self,u=self system:c=all,r=all,u=all",
	// how they decide: whoever leads one runs it; voting needs a code, not a role
	"decision": "organizer:c=org,r=org,u=org leader:c=self,r=self,u=self member:r=self system:r=all,u=all",
	"paper":    "organizer:c=org leader:c=org", // paper ballots, typed by two
	"vote":     "public:r=self,c=self",
	"ballots":  "public:r=pub", // the list of a finished secret ballot

	// teams, their meetings and what taking part costs
	"team":    "organizer:c=org,r=org,u=org leader:r=team,u=team member:r=team,u=self system:c=all,r=all,u=all",
	"meeting": "organizer:c=org,r=org,u=org leader:c=team,r=team,u=team member:r=team system:c=all,r=all,u=all",
	"rsvp":    "public:r=self,c=self", // an invitation's link and its code
	"feed":    "public:r=self organizer:c=self,u=self leader:c=self,u=self member:c=self,u=self",
	"stipend": "organizer:c=org,r=org,u=org,x=org lead:r=org,a=org,x=org leader:r=self member:r=self",

	// listening campaigns: a leader's are those in which they listen; counts for those who see no people
	"campaign":  "organizer:c=org,r=org,u=org,a=org leader:r=self lead:r=agg evaluator:r=agg system:r=all",
	"listening": "organizer:c=org,r=org leader:c=self,r=self",
	"theme":     "organizer:r=org,u=org,x=org leader:r=self,u=self",

	// what is taught, when, and who was seen doing it
	"curriculum": "organizer:c=org,r=org,u=org,a=org leader:r=org member:r=org clinician:r=org navigator:r=org",
	"training":   "organizer:c=org,r=org,u=org leader:c=self,r=org,u=self member:r=self",
	"skill":      "organizer:c=org,r=org,u=org leader:c=self,r=self,u=self member:r=self",

	// what turns problems into power: the cycle and its issues
	"cycle":    "organizer:c=org,r=org,u=org leader:r=org lead:r=org evaluator:r=org system:r=all,u=all",
	"notebook": "organizer:c=org,r=org,u=org,x=org",
	"issue":    "organizer:c=org,r=org,u=org leader:c=org,r=org,u=org lead:r=org evaluator:r=org system:r=all,u=all",
	"office":   "organizer:c=org,r=org,u=org leader:c=org,r=org,u=org lead:r=org evaluator:r=org system:r=all",
	"tie":      "organizer:c=org,r=org,u=org,d=org leader:c=team,r=team,u=team,d=team member:r=self,d=self system:r=all,u=all,d=all",
	"strategy": "organizer:c=org,r=org,u=org leader:c=team,r=team,u=team",
	"research": "organizer:c=org,r=org,u=org leader:c=org,r=org,u=org member:r=self evaluator:r=org system:r=all,u=all",

	// the assembly: who brings whom, what is asked and answered
	"turnout":     "organizer:c=org,r=org,u=org,x=org,a=org leader:c=self,r=self,u=self member:r=self system:r=all,u=all,a=all",
	"assembly":    "organizer:c=org,r=org,u=org,a=org leader:r=org,u=org,a=org lead:r=org system:r=all,u=all",
	"stage":       "public:r=self",
	"negotiation": "organizer:c=org,r=org,u=org leader:c=org,r=org,u=org lead:r=org system:r=all",
	"pledge":      "public:r=pub organizer:c=org,r=org,u=org,a=org leader:c=org,r=org,u=org,a=org lead:c=org,r=org,u=org,a=org evaluator:r=org system:r=all,u=all",
	"effort":      "clinician:c=self,r=self,u=self navigator:c=self,r=self,u=self organizer:c=self,r=org,u=self lead:c=self,r=org,u=org,x=org evaluator:r=agg",

	// what it did to people and to power
	"reflection": "public:r=self,c=self",
	"evaluation": "organizer:c=org,r=org,u=org leader:c=team,r=team,u=team lead:r=agg evaluator:r=agg system:c=all,r=all,u=all",
	"change":     "organizer:c=org,r=org,u=org leader:r=org lead:r=org evaluator:r=org",
	"survey":     "organizer:c=org,r=agg,u=org evaluator:c=org,r=agg,u=org,x=agg lead:r=agg member:r=self,c=self,d=self system:r=all,u=all,d=all",
	"cohort":     "organizer:r=org,u=org", // who is asked in a survey has a name: evaluators see none
	"respond":    "public:r=self,c=self",
	"indicator":  "organizer:r=agg,u=org leader:r=agg lead:r=agg,u=org,x=agg evaluator:r=agg,u=org,x=agg system:r=all",
	"report":     "public:r=pub organizer:c=org,r=org,u=org,x=org leader:r=org lead:c=org,r=org,u=org,a=org,x=org evaluator:c=org,r=org,u=org,x=org system:r=all,u=all",

	// accounts and the machine
	"session":  "public:c=self,r=self clinician:d=self,r=self navigator:d=self,r=self organizer:d=self,r=self leader:d=self,r=self partner:d=self,r=self lead:d=self,r=self evaluator:d=self,r=self admin:d=self,r=self operator:d=self,r=self participant:d=self member:d=self",
	"account":  "clinician:r=self,u=self navigator:r=self,u=self organizer:r=self,u=self leader:r=self,u=self partner:r=self,u=self lead:r=self,u=self evaluator:r=self,u=self admin:c=org,r=org,u=org,d=org operator:r=self,u=self",
	"setup":    "public:c=self,r=self",
	"settings": "admin:r=org,u=org operator:r=meta",
	"audit":    "admin:r=org,x=org operator:r=meta",
	"job":      "operator:r=meta,u=meta admin:r=meta,u=meta",
	"health":   "public:r=pub",
	"inbound":  "public:c=self", // what the SMS gateway delivers, with its secret
})

var letters = map[byte]Action{'c': Create, 'r': Read, 'u': Update, 'd': Delete, 'x': Export, 's': Share, 'a': Approve}

// build reads the compact notation above. A mistake there stops the program at
// once, in every test: there is no right way to run with a broken table.
func build(lines map[Resource]string) map[key]Scope {
	out := map[key]Scope{}
	for res, line := range lines {
		for _, part := range strings.Fields(line) {
			role, cells, ok := strings.Cut(part, ":")
			if !ok {
				panic("access table: " + string(res) + ": " + part)
			}
			for _, cell := range strings.Split(cells, ",") {
				action, known := letters[(cell + " ")[0]]
				if !known || len(cell) < 3 || cell[1] != '=' || width(Scope(cell[2:])) < 0 {
					panic("access table: " + string(res) + ": " + part)
				}
				out[key{Role(role), res, action}] = Scope(cell[2:])
			}
		}
	}
	return out
}
