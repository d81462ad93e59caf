// Who is said to be here already, to whom, and why.
package people

import (
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/namematch"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

func TestAlike(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		yasmin := w.join(ana, "Yasmin Haddad", func(in *JoinIn) { in.Lang, in.Phone = "ar", "(503) 555-0140"; in.ConsentLang = "ar" })
		w.join(ana, "Rosa Delgado", func(in *JoinIn) { in.Phone = "(503) 555-0141"; in.Email = "rosa@example.org" })
		for _, x := range []struct {
			name string
			in   AlikeIn
			want Likeness
			n    int
		}{
			{"another script", AlikeIn{Name: "ياسمين حداد", Lang: "ar"}, Likeness{Name: namematch.Sounds, Lang: true}, 1},
			{"the same phone, typed otherwise", AlikeIn{Phone: "503.555.0140"}, Likeness{Phone: true}, 1},
			{"the same address", AlikeIn{Email: " Rosa@Example.org"}, Likeness{Email: true}, 1},
			{"both", AlikeIn{Name: "Rosa Delgado", Email: "rosa@example.org", Phone: "5"}, Likeness{Name: namematch.Same, Email: true}, 1},
			{"nobody", AlikeIn{Name: "Thu Pham", Phone: "(503) 555-0199"}, Likeness{}, 0},
			{"their own form", AlikeIn{Name: "Yasmin Haddad", Except: yasmin.ID}, Likeness{}, 0},
			{"nothing typed", AlikeIn{}, Likeness{}, 0},
		} {
			got, err := w.s.Alike(w.ctx, ana, x.in)
			if err != nil || len(got.Twins) != x.n || got.Elsewhere {
				t.Errorf("%s: %+v, %v", x.name, got, err)
				continue
			}
			if x.n == 1 {
				l := got.Twins[0].As
				if l.score = 0; l != x.want {
					t.Errorf("%s: %+v, want %+v", x.name, l, x.want)
				}
			}
		}
		if got, _ := w.s.Alike(w.ctx, foreign, AlikeIn{Name: "Yasmin Haddad", Phone: "(503) 555-0140"}); len(got.Twins) != 0 || got.Elsewhere {
			t.Errorf("another clinic: %+v", got)
		}
		_, err := w.s.Alike(w.ctx, drLee, AlikeIn{Name: "Yasmin"})
		w.is(err, fault.Forbidden)
	})
}

// A leader learns of people whom they may see; of others only that a number is
// known, and not for every number they try.
func TestAlikeKeepsToTheScope(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.join(ana, "Yasmin Haddad", func(in *JoinIn) { in.Phone = "(503) 555-0140" })
		if got, err := w.s.Alike(w.ctx, omar, AlikeIn{Name: "Yasmin Haddad"}); err != nil || len(got.Twins) != 0 || got.Elsewhere {
			t.Errorf("a name out of reach: %+v, %v", got, err)
		}
		for i := range asksAnHour + 1 {
			got, err := w.s.Alike(w.ctx, omar, AlikeIn{Name: "Yasmin Haddad", Phone: "(503) 555-0140"})
			if err != nil || len(got.Twins) != 0 || got.Elsewhere != (i < asksAnHour) {
				t.Fatalf("%d: %+v, %v", i, got, err)
			}
		}
		mine := w.join(omar, "Jasmin Hadad", func(in *JoinIn) { in.Phone = "(503) 555-0142" })
		if got, err := w.s.Alike(w.ctx, omar, AlikeIn{Name: "Yasmin Haddad"}); err != nil || len(got.Twins) > 1 || len(got.Twins) == 1 && got.Twins[0].ID != mine.ID {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestAlikeIsByLiveConsent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.join(ana, "Thu Pham")
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.ledger.RevokeAll(w.ctx, tx, ana, thu.ID, consent.PhoneStaff)
			return err
		}))
		if got, err := w.s.Alike(w.ctx, ana, AlikeIn{Name: "Thu Pham", Phone: "(503) 555-0121"}); err != nil || len(got.Twins) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
