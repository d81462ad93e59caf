// Tests of the words: complete in every language, and silent about everything that could
// endanger somebody whose phone lies on a table.
package notify

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/egress"
	"seedbed/locales"
)

// Word beginnings that must not stand on a lock screen, folded to lower case.
var deny = map[string][]string{
	"en": {"health", "clinic", "doctor", "nurse", "patient", "medic", "care", "hospital", "diagnos", "ill", "treat", "immigra", "visa", "status", "deport", "border", "tenant", "union", "rent", "landlord", "evict",
		"worker", "organiz", "protest", "group", "introduc", "consent", "refer", "seedbed", "legal", "lawyer", "food", "shelter", "violence", "name", "dear", "hello"},
	"es": {"salud", "clínic", "clinic", "doctor", "médic", "enferm", "pacient", "hospital", "diagn", "tratam", "inmigr", "migra", "visa", "deport", "frontera", "inquilin", "sindicat", "renta", "alquil", "desaloj", "casero",
		"trabaj", "organiz", "protest", "grupo", "presenta", "consent", "seedbed", "legal", "abogad", "comida", "albergue", "violencia", "nombre", "hola", "estimad"},
	"vi": {"sức khỏe", "phòng khám", "bác sĩ", "y tá", "bệnh", "y tế", "chẩn đoán", "điều trị", "nhập cư", "di trú", "thị thực", "trục xuất", "thuê nhà", "công đoàn", "chủ nhà", "công nhân", "tổ chức", "biểu tình", "nhóm", "giới thiệu",
		"đồng ý", "seedbed", "luật", "thực phẩm", "bạo lực", "tên"},
	"ar": {"صح", "عياد", "طبيب", "ممرض", "مريض", "مستشف", "تشخيص", "علاج", "هجر", "تأشير", "ترحيل", "مستأجر", "نقاب", "إيجار", "إخلاء", "عمّال", "عمال", "تنظيم", "احتجاج", "مجموع", "تعريف", "موافق", "seedbed", "قانون", "محام", "طعام", "عنف", "اسم", "مرحب"},
}

func TestNothingAPersonReceivesTellsAnything(t *testing.T) {
	n := &Notifier{o: Options{Catalog: catalog(t)}}
	for kind, k := range kinds {
		for _, lang := range n.o.Catalog.Languages() {
			for _, ch := range []Channel{SMS, Email, Phone, Print} {
				// A careless room hands over everything it has.
				c := Contact{Channel: ch, Lang: lang, Text: map[string]string{"Clinic": "Riverside Health", "Link": link, "Code": "7F3K-4821",
					"Name": "Rosa Ejemplo", "Topic": "rent", "Text": "your diagnosis", "Group": "Tenants United"}}
				x, err := n.words(kind, c)
				if err != nil {
					t.Fatalf("%s %s: %v", kind, lang, err)
				}
				all := x.subject + "\n" + x.body
				for _, bad := range []string{"⟦", "{{", "<no value>", "Rosa", "Ejemplo", "Tenants", "diagnosis", "rent"} {
					if strings.Contains(all, bad) && !(bad == "rent" && strings.Contains(all, "diferent")) {
						t.Errorf("%s %s %s: %q in %q", kind, lang, ch, bad, all)
					}
				}
				if ch == SMS && len([]rune(x.body)) > 280 {
					t.Errorf("%s %s: %d characters in an SMS", kind, lang, len([]rune(x.body)))
				}
				if k.to != toPerson {
					continue
				}
				if strings.Contains(all, "Riverside") {
					t.Errorf("%s %s %s names the clinic: %q", kind, lang, ch, all)
				}
				lower := " " + strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(all, link, ""), "\n", " "))
				for _, w := range deny[lang] {
					if at := strings.Index(lower, " "+w); at >= 0 || lang == "ar" && strings.Contains(lower, " ال"+w) {
						t.Errorf("%s %s %s says %q: %q", kind, lang, ch, w, all)
					}
				}
			}
		}
	}
}

func TestTheDenyListSees(t *testing.T) {
	for lang, sample := range map[string]string{"en": " your clinic", "es": " su salud", "vi": " phòng khám", "ar": " العيادة"} {
		found := false
		for _, w := range deny[lang] {
			found = found || strings.Contains(sample, " "+w) || strings.Contains(sample, " ال"+w)
		}
		if !found {
			t.Errorf("%s: %q passes", lang, sample)
		}
	}
}

func TestLinksOfPersonsTellNothing(t *testing.T) {
	for l, ok := range map[string]bool{
		link: true, "https://x.example/me": true, "https://x.example/": true, "https://x.example/r/mQ7xJ0bYw2kTzA5pLr8vNc": true, "https://x.example/p/0190f3c2-aaaa-7bbb-8ccc-123456789abc": true,
		"https://x.example/introductions/mQ7xJ0bYw2kTzA5pLr8vNc": false, "https://x.example/groups": false, "https://x.example/me?topic=rent": false,
		"https://x.example/me#rent": false, "https://rosa@x.example/me": false, "javascript:alert(1)": false, "/me": false, "": false, "https://x.example/m e": false,
	} {
		if got := usable(l, toPerson); got != ok {
			t.Errorf("%q: %v", l, got)
		}
	}
	if !usable("https://x.example/handoffs/1", toStaff) {
		t.Error("staff links may have words")
	}
}

func TestCatalogsAreComplete(t *testing.T) {
	for _, p := range i18n.Check(locales.Files) {
		if strings.HasPrefix(p.File, "notify.") {
			t.Error(p)
		}
	}
	l := catalog(t).Localizer("en")
	var keys []string
	for _, w := range []string{WhyConsent, WhyStopped, WhyNoContact, WhyLate, WhyNoHours, WhyAddress, WhyIncomplete, WhyRejected, WhyGaveUp, WhyLost, WhyNoGateway, WhyStaff} {
		keys = append(keys, "why."+w)
	}
	for _, s := range []State{Queued, Sending, Gateway, Delivered, Failed, Unknown, ToHand, Handed, NotSent} {
		keys = append(keys, "state."+string(s))
	}
	for _, c := range []Channel{SMS, Email, Phone, Print, None} {
		keys = append(keys, "channel."+string(c))
	}
	for _, c := range []Choice{Arrived, Again, HandOver, Drop} {
		keys = append(keys, "choice."+string(c))
	}
	for k := range kinds {
		keys = append(keys, "kind."+k)
	}
	for _, k := range append(keys, "changed", "ended", "phone.script", "phone.no_voicemail") {
		if !l.Has("notify." + k) {
			t.Errorf("no text for notify.%s", k)
		}
	}
	n := &Notifier{o: Options{Catalog: catalog(t)}}
	for _, k := range []Keyword{Unread, KeyStop, KeyGo, KeyHelp, KeyYes, KeyMet} {
		if r := n.Reply("vi", k); r == "" || strings.Contains(r, "⟦") {
			t.Errorf("reply to %q: %q", k, r)
		}
	}
}

func TestNoTextBreaksOutOfTheGatewaysTemplate(t *testing.T) {
	nasty := Text{ID: "i", To: number, Body: "a\"},{\"to\":\"+1\nb&To=+1&x={to}%00 \u202e"}
	c := egress.New(egress.Options{})
	for _, g := range []HTTPGateway{
		{URL: "https://sms.example.org/", Format: "json", Body: `{"messages":[{"to":"{to}","text":"{text}"}],"ref":"{id}","n":1}`},
		{URL: "https://sms.example.org/", Format: "form", Body: "To={to}&Body={text}&Ref={id}"},
	} {
		s, err := NewHTTPGateway(c, g)
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.(*httpGateway).body(nasty)
		if err != nil {
			t.Fatal(err)
		}
		if g.Format == "json" {
			var v struct {
				Messages []struct{ To, Text string }
			}
			if err := json.Unmarshal(b, &v); err != nil || len(v.Messages) != 1 || v.Messages[0].Text != nasty.Body {
				t.Errorf("%s %v", b, err)
			}
			continue
		}
		v, err := url.ParseQuery(string(b))
		if err != nil || len(v) != 3 || len(v["To"]) != 1 || v.Get("To") != number || v.Get("Body") != nasty.Body {
			t.Errorf("%s %v", b, err)
		}
	}
	for _, g := range []HTTPGateway{
		{URL: "http://127.0.0.1/", Format: "json", Body: `{"to":"{to}","text":"{text}"}`}, {URL: "https://x.example/", Format: "xml", Body: "{to}{text}"},
		{URL: "https://x.example/", Format: "json", Body: `{"to":"{to}"}`}, {URL: "https://x.example/", Format: "json", Body: `to={to}`}, {URL: "https://x.example/", Format: "form", Body: "to={to}"},
	} {
		if _, err := NewHTTPGateway(c, g); err == nil {
			t.Errorf("%#v accepted", g.Body)
		}
	}
}
