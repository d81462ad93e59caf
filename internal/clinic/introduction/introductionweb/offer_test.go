// The offer and the consent conversation through the real mux on a real
// database: S-01, the first half of S-02, every page in every language, and
// what must not be anywhere afterwards.

package introductionweb

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/qr"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web/webtest"
	"seedbed/locales"
)

// S-01: interests and a language from lists, three groups, "take information":
// one count, one card in Spanish, and nobody remembered.
func TestTakeInformationLeavesOnlyACount(t *testing.T) {
	v := newVisit(t)
	start := v.shown(v.do("GET", "/offer", nil), 200)
	webtest.Walk(start, func(n *html.Node) {
		if kind := webtest.Attr(n, "type"); n.Data == "textarea" || n.Data == "input" && (kind == "" || kind == "text" || kind == "search") {
			t.Errorf("a field to type in: %s", webtest.Attr(n, "name"))
		}
	})
	audited := v.number("SELECT count(*) FROM audit_event")
	form := filled(start, "/offer")
	form["topics"] = []string{"housing", "work", "indocumentado"}
	groups := v.shown(v.do("POST", "/offer", with(form, "lang", "es", "note", "indocumentado", "near", "indocumentado")), 200)
	said := webtest.Text(groups)
	for _, want := range []string{"Inquilinos Unidos", "Worker Center", "Parroquia Action Team", "Not now", "Take information", "Call me", "Meet someone now", "Ask again next time", "Rent clinic", "Lupe Herrera"} {
		if !strings.Contains(said, want) {
			t.Errorf("the groups' page does not say %q", want)
		}
	}
	answer := with(filled(groups, "/offer/answer"), "outcome", "info", "group", v.tenants, "note", "indocumentado")
	rec := v.do("POST", "/offer/answer", answer)
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("answer: %d %s", rec.Code, text(rec.Body.String()))
	}
	v.do("POST", "/offer/answer", answer) // a double click
	to := rec.Header().Get("Location")
	if strings.Contains(to, "housing") || strings.Contains(to, "topics") {
		t.Errorf("the address says what was asked: %s", to)
	}
	card := v.do("GET", to, nil)
	doc := v.shown(card, 200)
	body := webtest.Text(doc)
	svg, err := qr.SVG("http://example.com/groups/"+v.tenants+"?lang=es", "")
	v.ok(err)
	scanned := regexp.MustCompile(` d="[^"]+"`).FindString(svg)
	if !strings.Contains(body, "Inquilinos Unidos") || !strings.Contains(card.Body.String(), `lang="es"`) || !strings.Contains(card.Body.String(), scanned) {
		t.Errorf("card: %s", body)
	}
	for _, never := range []string{"clínica", "salud", "paciente", "médico"} {
		sheet := body[strings.Index(body, "Personas que"):]
		if strings.Contains(strings.ToLower(sheet), never) {
			t.Errorf("the card says %q", never)
		}
	}
	if n := v.number("SELECT coalesce(sum(n), 0) FROM offer_count WHERE outcome = 'info'"); n != 1 {
		t.Errorf("counted %d times", n)
	}
	for _, table := range []string{"introduction", "consent", "introduction_share", "introduction_step"} {
		if n := v.number("SELECT count(*) FROM " + table); n != 0 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
	if n := v.number("SELECT count(*) FROM audit_event"); n != audited+1 {
		t.Errorf("%d audit rows, want one", n-audited)
	}
	if n := v.number("SELECT count(*) FROM audit_event WHERE action = 'count' AND resource = 'offer' AND coalesce(subject_ref, '') = '' AND coalesce(resource_id, '') = ''"); n != 1 {
		t.Error("the audit row holds more than a count")
	}
	v.nowhere("indocumentado")
	// The clinician's own language stays as it was.
	if home := v.do("GET", "/offer", nil).Body.String(); !strings.Contains(home, `lang="en" dir="ltr"`) {
		t.Error("the card changed the clinician's language")
	}
}

func TestNotNowIsAFullAnswer(t *testing.T) {
	v := newVisit(t)
	for outcome, sentence := range map[string]string{"declined": "full answer", "ask_again": "ask again next time"} {
		form := with(filled(v.groupsFor("housing"), "/offer/answer"), "outcome", outcome)
		rec := v.do("POST", "/offer/answer", form)
		if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/offer" {
			t.Fatalf("%s: %d %s", outcome, rec.Code, rec.Header().Get("Location"))
		}
		if said := webtest.Text(v.shown(v.do("GET", "/offer", nil), 200)); !strings.Contains(said, sentence) {
			t.Errorf("no calm sentence after %s: %s", outcome, said)
		}
	}
	if n := v.number("SELECT count(*) FROM introduction"); n != 0 {
		t.Errorf("%d introductions after not now", n)
	}
}

func TestMistakesAreSaidAtTheFieldAndNothingIsLost(t *testing.T) {
	v := newVisit(t)
	form := filled(v.shown(v.do("GET", "/offer", nil), 200), "/offer")
	none := v.shown(v.do("POST", "/offer", with(form, "lang", "vi", "childcare", "yes", "free_time", "evening")), 422)
	if got := filled(none, "/offer"); got.Get("lang") != "vi" || got.Get("childcare") != "yes" || got.Get("free_time") != "evening" {
		t.Errorf("lost what was chosen: %v", got)
	}
	groups := filled(v.groupsFor("housing"), "/offer/answer")
	again := v.shown(v.do("POST", "/offer/consent", with(groups, "mode", "call_back")), 422)
	if got := filled(again, "/offer/answer"); got.Get("topics") != "housing" || got.Get("lang") != "es" {
		t.Errorf("lost what was asked: %v", got)
	}
	page := v.shown(v.do("POST", "/offer/consent", with(groups, "mode", "call_back", "group", v.tenants)), 200)
	typed := with(filled(page, "/offer/review"), "called_name", "Mateo", "contact", "phone", "phone", "12", "hours_from", "late", "how", "spoken")
	wrong := v.shown(v.do("POST", "/offer/review", typed), 422)
	if got := filled(wrong, "/offer/review"); got.Get("called_name") != "Mateo" || got.Get("phone") != "12" || got.Get("hours_from") != "late" {
		t.Errorf("lost what was typed: %v", got)
	}
	said := webtest.Text(wrong)
	for _, want := range []string{"when the patient says yes", "phone number does not look right", "time like 19:00", "Say who heard"} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %q", want)
		}
	}
	if n := v.number("SELECT count(*) FROM introduction"); n != 0 {
		t.Error("stored before the yes")
	}
}

// S-02, first half: the yes in Spanish, read back, and one introduction however often the form is sent.
func TestConsentInSpanishBeginsOneIntroduction(t *testing.T) {
	v := newVisit(t)
	review := v.toReview("call_back", v.workers)
	said := webtest.Text(review)
	for _, want := range []string{"Vamos a enviar a Worker Center", "Mateo Ruvalcaba", "Nada más", "después de las 19:00", "Sí, preséntenme", "We will send to Worker Center"} {
		if !strings.Contains(said, want) {
			t.Errorf("the review does not say %q: %s", want, said)
		}
	}
	if n := v.number("SELECT count(*) FROM introduction"); n != 0 {
		t.Error("stored before the yes")
	}
	// "Change" keeps everything that was typed.
	change := v.shown(v.do("POST", "/offer/consent", filled(review, "/offer/introduce")), 200)
	if got := filled(change, "/offer/review"); got.Get("called_name") != "Mateo Ruvalcaba" || got.Get("tell_clinic") != "yes" || got.Get("witness") != "navigator" {
		t.Errorf("Change lost something: %v", got)
	}
	final := filled(review, "/offer/introduce")
	first := v.shown(v.do("POST", "/offer/introduce", final), 200)
	second := v.shown(v.do("POST", "/offer/introduce", final), 200) // a double click
	for _, table := range []string{"introduction", "introduction_share"} {
		if n := v.number("SELECT count(*) FROM " + table); n != 1 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
	if n := v.number("SELECT count(*) FROM consent WHERE state = 'active'"); n != 2 {
		t.Errorf("%d consents, want two separate ones", n)
	}
	code := func(doc *html.Node) (c string) {
		webtest.Walk(doc, func(n *html.Node) {
			if webtest.Attr(n, "class") == "code" {
				c = webtest.Text(n)
			}
		})
		return c
	}
	if code(first) == "" || code(first) == code(second) {
		t.Errorf("codes %q and %q", code(first), code(second))
	}
	opened, err := v.s.OpenMine(v.ctx, code(second))
	if err != nil || opened.Token == "" {
		t.Errorf("the code on the slip does not open the page: %v", err)
	}
	// Back, another name, sent again: refused, and nothing looks stored that is not.
	v.shown(v.do("POST", "/offer/introduce", with(final, "called_name", "Marta")), 409)
	if n := v.number("SELECT count(*) FROM introduction"); n != 1 {
		t.Error("a changed form began another introduction")
	}
	v.nowhere("Mateo", "Ruvalcaba", "5550117", "Marta")
	mine := webtest.Text(v.shown(v.do("GET", "/introductions", nil), 200))
	if !strings.Contains(mine, "Worker Center") || !strings.Contains(mine, "On its way") || strings.Contains(mine, "Mateo") {
		t.Errorf("my introductions: %s", mine)
	}
}

func TestNotNowBeforeTheYesStoresNobody(t *testing.T) {
	v := newVisit(t)
	review := v.toReview("call_back", v.workers)
	form := with(filled(review, "/offer/answer"), "outcome", "declined")
	for _, name := range []string{"called_name", "phone", "group"} {
		if form.Has(name) {
			t.Errorf("Not now sends %s along", name)
		}
	}
	if rec := v.do("POST", "/offer/answer", form); rec.Code != http.StatusSeeOther {
		t.Fatalf("%d", rec.Code)
	}
	if n := v.number("SELECT count(*) FROM introduction") + v.number("SELECT count(*) FROM consent"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestTopicsStayUnlessThePersonSharesThem(t *testing.T) {
	v := newVisit(t)
	form := with(filled(v.groupsFor("housing"), "/offer/answer"), "mode", "call_back", "group", v.workers)
	page := v.shown(v.do("POST", "/offer/consent", form), 200)
	typed := mateoSays(filled(page, "/offer/review"))
	typed.Del("share_topics")
	if said := webtest.Text(v.shown(v.do("POST", "/offer/review", typed), 200)); strings.Contains(said, "temas que le importan") {
		t.Errorf("topics are read back though they were not agreed to: %s", said)
	}
}

// Somebody decides for the person: the words say when that right ends, and so does the consent.
func TestProxyEndsTheConsent(t *testing.T) {
	v := newVisit(t)
	form := with(filled(v.groupsFor("housing"), "/offer/answer"), "mode", "call_back", "group", v.workers)
	page := v.shown(v.do("POST", "/offer/consent", form), 200)
	typed := with(mateoSays(filled(page, "/offer/review")), "proxy", "yes", "proxy_relation", "parent", "proxy_until", "2020-01-01")
	v.shown(v.do("POST", "/offer/review", typed), 422)
	review := v.shown(v.do("POST", "/offer/review", with(typed, "proxy_until", "2027-03-05")), 200)
	if said := webtest.Text(review); !strings.Contains(said, "marzo de 2027") || strings.Contains(said, "noviembre de 2027") {
		t.Errorf("the words give another end: %s", said)
	}
	v.shown(v.do("POST", "/offer/introduce", filled(review, "/offer/introduce")), 200)
	if n := v.number(fmt.Sprintf("SELECT count(*) FROM consent WHERE expires_at <= %d", db.Micros(time.Date(2027, 3, 6, 0, 0, 0, 0, time.UTC)))); n != 2 {
		t.Errorf("%d consents end with the right of the parent", n)
	}
}

// Meet someone now: on duty, together, written down; the group has it then.
func TestMeetSomeoneNow(t *testing.T) {
	v := newVisit(t)
	done := v.shown(v.do("POST", "/offer/introduce", filled(v.toReview("warm_handoff", v.workers), "/offer/introduce")), 200)
	if said := webtest.Text(done); !strings.Contains(said, "Lupe Herrera") || !strings.Contains(said, "Walk over together") {
		t.Errorf("done: %s", said)
	}
	if n := v.number("SELECT count(*) FROM introduction_share"); n != 0 {
		t.Error("sent before they met")
	}
	ways := filled(done, "/offer/meet")
	booking := v.shown(v.do("POST", "/offer/meet", with(ways, "how", "booked")), 200)
	bad := v.shown(v.do("POST", "/offer/handoff", with(filled(booking, "/offer/handoff"), "at_day", "2020-01-01", "at_time", "10:00")), 422)
	if got := filled(bad, "/offer/handoff"); got.Get("at_day") != "2020-01-01" {
		t.Errorf("lost the day: %v", got)
	}
	if rec := v.do("POST", "/offer/handoff", with(filled(booking, "/offer/handoff"), "at_day", "2026-11-04", "at_time", "10:00")); rec.Code != http.StatusSeeOther {
		t.Fatalf("booking: %d %s", rec.Code, text(rec.Body.String()))
	}
	walk := v.shown(v.do("POST", "/offer/meet", with(ways, "how", "walk_over")), 200)
	form := with(filled(walk, "/offer/handoff"), "happened", "yes")
	form.Add("present", "navigator")
	if rec := v.do("POST", "/offer/handoff", form); rec.Code != http.StatusSeeOther {
		t.Fatalf("handoff: %d %s", rec.Code, text(rec.Body.String()))
	}
	if n := v.number("SELECT count(*) FROM introduction_share"); n != 1 {
		t.Error("not sent after they met")
	}
}

// Signing on screen happens after the read-back, by drawing or by ticking.
func TestSigningOnScreen(t *testing.T) {
	v := newVisit(t)
	form := with(filled(v.groupsFor("housing"), "/offer/answer"), "mode", "call_back", "group", v.workers)
	page := v.shown(v.do("POST", "/offer/consent", form), 200)
	review := v.shown(v.do("POST", "/offer/review", with(mateoSays(filled(page, "/offer/review")), "how", "screen")), 200)
	final := filled(review, "/offer/introduce")
	v.shown(v.do("POST", "/offer/introduce", final), 422)
	if n := v.number("SELECT count(*) FROM introduction"); n != 0 {
		t.Fatal("stored without a signature")
	}
	v.shown(v.do("POST", "/offer/introduce", with(final, "signature_agree", "yes", "signature", "M12 80l3-2")), 200)
	v.nowhere("M12 80l3-2")
}

// Every page, both layouts, in every language of the reader and the patient.
func TestEveryOfferPageInEveryLanguage(t *testing.T) {
	for _, lang := range offerLanguages {
		for _, full := range []string{"", "1"} {
			t.Run(lang+full, func(t *testing.T) {
				v := newVisit(t)
				v.lang = lang
				path := "/offer"
				if full != "" {
					path += "?full=1"
				}
				form := filled(v.shown(v.do("GET", path, nil), 200), "/offer")
				form["topics"] = []string{"housing", "work"}
				for _, patient := range append([]string{"so"}, offerLanguages...) {
					ask := with(clone(form), "lang", patient, "free_days", "2", "free_time", "evening", "childcare", "yes", "access", "step_free", "near", "Cedar Hill")
					groups := v.shown(v.do("POST", "/offer", ask), 200)
					v.shown(v.do("POST", "/offer", with(filled(groups, "/offer"), "again", "yes")), 200)
					v.shown(v.do("GET", "/offer/card?g="+v.tenants+"&g="+v.workers+"&in="+patient, nil), 200)
					for i, mode := range []string{"call_back", "warm_handoff"} {
						group := []string{v.tenants, v.workers}[i]
						answer := with(filled(groups, "/offer/answer"), "_key", fmt.Sprint("act-", patient, mode), "mode", mode, "group", group)
						page := v.shown(v.do("POST", "/offer/consent", answer), 200)
						v.shown(v.do("POST", "/offer/review", filled(page, "/offer/review")), 422)
						how := []string{"screen", "paper"}[i]
						review := v.shown(v.do("POST", "/offer/review", with(mateoSays(filled(page, "/offer/review")), "how", how)), 200)
						done := v.shown(v.do("POST", "/offer/introduce", with(filled(review, "/offer/introduce"), "signature_agree", "yes")), 200)
						if mode == "warm_handoff" {
							for _, way := range []string{"walk_over", "booked"} {
								v.shown(v.do("POST", "/offer/meet", with(filled(done, "/offer/meet"), "how", way)), 200)
							}
						}
					}
				}
				v.shown(v.do("GET", "/introductions", nil), 200)
			})
		}
	}
}

func clone(form url.Values) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = append([]string(nil), v...)
	}
	return out
}

// The words a patient hears or reads stay within the sixth grade, by formula.
func TestPatientsWordsAreEasy(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"offer.script.1", "offer.script.2", "offer.script.3", "offer.script.4", "offer.done.person_call", "offer.done.person_meet",
		"offer.done.person_late", "offer.done.person_stop", "offer.slip.open", "offer.slip.keep", "offer.card.free", "offer.review.title",
		"offer.review.sign_hint", "offer.consent.name", "offer.consent.name_hint", "offer.consent.way", "offer.consent.words"}
	for _, lang := range []string{"en", "es"} {
		var all []string
		for _, k := range keys {
			all = append(all, catalog.Localizer(lang).T(k, "Group", "Oak", "Day", "9 May"))
		}
		score, ok := readlevel.Of(lang, readlevel.Join(all))
		if !ok || score.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, score.Grade)
		}
	}
}

// The first page with its style and scripts stays within sixty kilobytes on the wire.
func TestOfferPageIsLight(t *testing.T) {
	v := newVisit(t)
	total := 0
	for _, lang := range offerLanguages {
		v.lang = lang
		body := v.do("GET", "/offer", nil).Body.String()
		size := packed(t, body)
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?:src|href)="(/static/[^"]+)"`).FindAllStringSubmatch(body, -1) {
			if !seen[m[1]] {
				seen[m[1]] = true
				size += packed(t, v.do("GET", m[1], nil).Body.String())
			}
		}
		total = max(total, size)
	}
	t.Logf("at most %d bytes", total)
	if total > 60_000 {
		t.Errorf("%d bytes", total)
	}
}

func packed(t *testing.T, s string) int {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.DefaultCompression)
	if err == nil {
		_, err = z.Write([]byte(s))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// Steps of the offer have no address of their own: a reload elsewhere begins again.
func TestStepsHaveNoAddress(t *testing.T) {
	v := newVisit(t)
	for _, step := range []string{"answer", "consent", "review", "introduce", "meet", "handoff"} {
		if rec := v.do("GET", "/offer/"+step, nil); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/offer" {
			t.Errorf("GET /offer/%s: %d", step, rec.Code)
		}
	}
}
