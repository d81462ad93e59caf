// The demo's stories: what people told, in every state of its life.
package app

import (
	told "seedbed/internal/organizing/story"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/consent"
)

// demoTold is a story of somebody invented. Path says how far it came.
type demoTold struct {
	title, text, lang, path string
	ago                     int
	places                  []string
}

var demoStories = []demoTold{
	{"Two buses to the pharmacy", "The 14 used to stop at our corner. Now my father takes two buses for his medicine, and the second one does not wait.\n\nWe counted: forty-one people at our stop on one morning.", "en", "used", 120, []string{"team", "assembly", "web"}},
	{"La etiqueta", "Mi mamá no podía leer la etiqueta. Me llamaba al trabajo para preguntarme cuántas pastillas.\n\nAhora pedimos etiquetas en diez idiomas.", "es", "approved", 70, []string{"team", "training"}},
	{"Người thông dịch không đến", "Tôi ngồi chờ hai tiếng. Người thông dịch không đến, nên con gái mười tuổi của tôi phải nói thay.\n\nCháu nói đúng, nhưng đó không phải việc của cháu.", "vi", "drafted", 12, nil},
	{"The rent letter", "The letter came on a Friday. We put it on the table and nobody ate.\n\nOn Monday I knocked on eleven doors. Nine had the same letter.", "en", "told", 4, nil},
	{"الدرج", "المصعد معطل منذ أربعة أشهر. جارتي لا تنزل إلا مرة في الأسبوع.\n\nكتبنا معًا رسالة ووقع عليها كل الطابق.", "ar", "resting", 55, []string{"team"}},
	{"Saturday hours", "I lose a day of pay for every visit. Two hundred of us signed for Saturday hours, and the clinic said yes.", "en", "down", 90, []string{"web", "media"}},
}

// told lets them be told, approved, used and ended by those who do these things.
func (s *story) told() {
	ana := s.actors[access.Organizer]
	for i, d := range demoStories {
		var at told.ToldOut
		words := told.Words{Title: d.title, Text: d.text}
		s.then(s.day(d.ago, 17, i), func() (err error) {
			at, err = s.sys.stories.Tell(s.ctx, ana, told.TellIn{Words: words, Language: d.lang})
			return err
		})
		if d.path == "told" {
			continue
		}
		s.then(s.day(d.ago-1, 10, i), func() error {
			return s.sys.stories.Draft(s.ctx, ana, told.DraftIn{ID: at.ID, Words: words})
		})
		if d.path == "drafted" {
			continue
		}
		s.then(s.day(d.ago-3, 18, i), func() error {
			in := told.ApproveIn{ID: at.ID, Version: 2, Identity: string(told.Anonymous), Places: d.places, Months: 24}
			return s.sys.stories.Approve(s.ctx, ana, in.WithConsent(d.lang, string(consent.Spoken), string(consent.OwnChoice), string(consent.Organizer)))
		})
		s.toldUses(d, i, &at)
	}
}

func (s *story) toldUses(d demoTold, i int, at *told.ToldOut) {
	ana := s.actors[access.Organizer]
	use := func(days int, place, where string) {
		s.then(s.day(d.ago-days, 19, i), func() error {
			return s.sys.stories.Use(s.ctx, ana, told.UseIn{ID: at.ID, Place: place, Where: where})
		})
	}
	switch d.path {
	case "used":
		use(8, "team", "Core team evening")
		use(40, "assembly", "Next Directions assembly")
	case "resting":
		use(10, "team", "Core team evening")
		s.then(s.day(d.ago-20, 12, i), func() error {
			return s.sys.stories.Rest(s.ctx, ana, told.RestIn{ID: at.ID, Until: s.now.AddDate(0, 1, 0)})
		})
	case "down": // one place ended a day ago, and is still shown there
		use(20, "web", "The clinic's own website")
		s.then(s.day(1, 9, i), func() error { return s.sys.stories.StopPlace(s.ctx, ana, at.ID, "web", "") })
	}
}
