// The words of instruments: those that come with the program, and those a clinic
// brings after attesting that it may.
package survey

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/contact"
)

// Wording is the words of an instrument in a language, with the attestation.
type Wording struct {
	ID         string
	Instrument string
	Version    string
	Language   string
	Account    string
	At         time.Time
	Retired    bool // newer words took its place; waves that used it keep it
	Text       Text
	Permission string // the permission's own text
	Translated string // one of Translations
}

// Translations says where words of a language come from.
func Translations() []string { return []string{"original", "authors", "professional", "own"} }

// Included is the id of words that come with the program.
const Included = "included"

type wordingSaid struct {
	Text       Text   `json:"text"`
	Permission string `json:"permission"`
	Translated string `json:"translated,omitempty"`
}

// AttestIn is a form with the words of an instrument.
type AttestIn struct {
	Instrument string
	Language   string // lang
	Text       Text   // item-N, answer-SCALE-N, turned
	Permission string // permission
	Translated string // translated
	Sure       bool   // sure: I have this permission
	Key        string // _key
}

// Attest keeps the words a clinic brings, with who attested what and when. Earlier
// words of the same language are retired; waves keep those they used.
func (s *Service) Attest(ctx context.Context, a access.Actor, in AttestIn) (made string, err error) {
	defer fault.Wrap(&err, "survey.Attest")
	g, err := staffOnly(a, needChange)
	if err != nil {
		return "", err
	}
	of, ok := InstrumentByID(in.Instrument)
	if !ok {
		return "", fault.Missing("instrument")
	}
	if bad := in.wrong(of); len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "survey.attest:"+of.ID, func() (string, error) {
			w := wordingRow{Wording: Wording{ID: id.New(now), Instrument: of.ID, Version: of.Version, Language: in.Language, Account: a.Account, At: now}}
			if w.sealed, err = s.seal(ctx, tx.Org(), "survey_wording", w.ID, wordingSaid{in.Text, in.Permission, in.Translated}); err != nil {
				return "", err
			}
			if err := retireWordings(ctx, tx, of.ID, in.Language); err != nil {
				return "", err
			}
			if err := putWording(ctx, tx, w); err != nil {
				return "", err
			}
			return w.ID, s.note(ctx, tx, a, g, "attest", "wording", w.ID, of.ID)
		})
		return err
	})
	return made, err
}

func (in *AttestIn) wrong(of Instrument) (bad []fault.Field) {
	if !contact.Language(in.Language) {
		bad = append(bad, fault.At("lang", "contact.error.choose"))
	}
	tidy := func(list []string, n int) []string {
		out := make([]string, n)
		for i := range out {
			if i < len(list) {
				out[i] = contact.OneLine(list[i])
			}
		}
		return out
	}
	in.Text.Items = tidy(in.Text.Items, len(of.Items))
	for i, w := range in.Text.Items {
		if w == "" || utf8.RuneCountInString(w) > longestItem {
			bad = append(bad, fault.At("item-"+itoa(i), "survey.error.item"))
		}
	}
	scales := map[string][]string{}
	for name, scale := range of.Scales {
		scales[name] = tidy(in.Text.Scales[name], len(scale.Values))
		for i, w := range scales[name] {
			if w == "" || utf8.RuneCountInString(w) > longestItem {
				bad = append(bad, fault.At("answer-"+name+"-"+itoa(i), "survey.error.item"))
			}
		}
	}
	in.Text.Scales = scales
	in.Text.Turned = slices.DeleteFunc(slices.Clone(in.Text.Turned), func(item string) bool {
		return !slices.ContainsFunc(of.Items, func(x Item) bool { return x.ID == item && x.MayTurn })
	})
	in.Permission = strings.TrimSpace(in.Permission)
	if n := utf8.RuneCountInString(in.Permission); n < 10 || n > longestPermit {
		bad = append(bad, fault.At("permission", "survey.error.permission"))
	}
	if !oneOf(Translations(), in.Translated) {
		bad = append(bad, fault.At("translated", "contact.error.choose"))
	}
	if !in.Sure {
		bad = append(bad, fault.At("sure", "survey.error.sure"))
	}
	return bad
}

// Wordings lists all words a clinic brought, newest first within a language.
func (s *Service) Wordings(ctx context.Context, a access.Actor) (out []Wording, err error) {
	defer fault.Wrap(&err, "survey.Wordings")
	if _, err := staffOnly(a, needRead); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = s.wordings(ctx, tx)
		return err
	})
	return out, err
}

func (s *Service) wordings(ctx context.Context, tx *db.Tx) (out []Wording, err error) {
	rows, err := wordings(ctx, tx)
	for i := 0; err == nil && i < len(rows); i++ {
		var w Wording
		if w, err = s.openWording(ctx, tx.Org(), rows[i]); err == nil {
			out = append(out, w)
		}
	}
	return out, err
}

func (s *Service) openWording(ctx context.Context, org string, r wordingRow) (Wording, error) {
	var w wordingSaid
	if err := s.unseal(ctx, org, "survey_wording", r.ID, r.sealed, &w); err != nil {
		return Wording{}, err
	}
	r.Text, r.Permission, r.Translated = w.Text, w.Permission, w.Translated
	return r.Wording, nil
}

// Ready says for each instrument and language which words there are: Included, the
// id of attested ones, or nothing. Attested words go before included ones.
func Ready(list []Wording) map[string]string {
	out := map[string]string{}
	for _, in := range Instruments() {
		for lang := range in.Texts {
			out[in.ID+"/"+lang] = Included
		}
	}
	for _, w := range list {
		if !w.Retired {
			out[w.Instrument+"/"+w.Language] = w.ID
		}
	}
	return out
}

// LanguagesOf lists the languages in which all of these instruments have words, in
// the order of the program's languages.
func LanguagesOf(ready map[string]string, instruments []string) (out []string) {
	for _, l := range i18n.Languages() {
		if !slices.ContainsFunc(instruments, func(in string) bool { return ready[in+"/"+l.Code] == "" }) {
			out = append(out, l.Code)
		}
	}
	return out
}

// text is the words of an instrument that a wave uses in a language.
func (s *Service) text(ctx context.Context, tx *db.Tx, w Wave, of Instrument, lang string) (Text, error) {
	which := w.Wordings[of.ID+"/"+lang]
	if which == Included {
		return of.Texts[lang], nil
	}
	r, err := wordingByID(ctx, tx, which)
	if err != nil {
		return Text{}, err
	}
	out, err := s.openWording(ctx, tx.Org(), r)
	return out.Text, err
}
