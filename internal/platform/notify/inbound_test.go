// Answers by SMS as people write them.
package notify

import (
	"strings"
	"testing"
)

func TestParseInbound(t *testing.T) {
	for _, c := range []struct {
		text string
		key  Keyword
		code string
	}{
		{"STOP", KeyStop, ""}, {" stop. ", KeyStop, ""}, {"Stop texting me", KeyStop, ""}, {"please stop", KeyStop, ""}, {"STOP 4821", KeyStop, "4821"},
		{"Alto", KeyStop, ""}, {"por favor pare", KeyStop, ""}, {"BAJA", KeyStop, ""}, {"dừng", KeyStop, ""}, {"DUNG", KeyStop, ""}, {"Dừng 4821", KeyStop, "4821"},
		{"ngừng", KeyStop, ""}, {"HUY", KeyStop, ""}, {"hủy", KeyStop, ""}, {"توقف", KeyStop, ""}, {"إلغاء", KeyStop, ""}, {"أَوْقِفْ", KeyStop, ""}, {"إيقاف", KeyStop, ""},
		{"don't stop", Unread, ""}, {"we can not stop by at the end of the week", Unread, ""},
		{"START", KeyGo, ""}, {"bắt đầu", KeyGo, ""}, {"ابدأ", KeyGo, ""}, {"we start at 1800 tomorrow ok", Unread, "1800"},
		{"help", KeyHelp, ""}, {"AYUDA", KeyHelp, ""}, {"trợ giúp", KeyHelp, ""}, {"مساعدة", KeyHelp, ""},
		{"OK 4821", KeyYes, "4821"}, {"ok4821", KeyYes, "4821"}, {"4821 ok", KeyYes, "4821"}, {"Ok-4821!", KeyYes, "4821"}, {"ok 48 21", KeyYes, "4821"},
		{"y 4821", KeyYes, "4821"}, {"Sí, 4821", KeyYes, "4821"}, {"si 4821", KeyYes, "4821"}, {"có 4821", KeyYes, "4821"}, {"đồng ý 4821", KeyYes, "4821"},
		{"đúng 4821", KeyYes, "4821"}, {"dung 4821", Unread, "4821"}, {"Huy 4821", Unread, "4821"}, {"نعم ٤٨٢١", KeyYes, "4821"}, {"موافقة ۴۸۲۱", KeyYes, "4821"}, {"ＯＫ ４８２１", Unread, "4821"},
		{"NO 4821", KeyNo, "4821"}, {"no puedo 4821", KeyNo, "4821"}, {"can’t 4821", KeyNo, "4821"}, {"không 4821", KeyNo, "4821"}, {"لا 4821", KeyNo, "4821"},
		{"MET 4821", KeyMet, "4821"}, {"yes we met! 4821", KeyMet, "4821"}, {"sí nos vimos 4821", KeyMet, "4821"}, {"nos reunimos 4821", KeyMet, "4821"},
		{"đã gặp 4821", KeyMet, "4821"}, {"التقينا 4821", KeyMet, "4821"},
		{"not met 4821", Unread, "4821"}, {"no nos vimos 4821", Unread, "4821"}, {"chưa gặp 4821", Unread, "4821"}, {"لم التقيت 4821", Unread, "4821"},
		{"yes no 4821", Unread, "4821"}, {"call me", KeyCall, ""}, {"yes, call me", KeyCall, ""}, {"do not call", Unread, ""}, {"llámame", KeyCall, ""}, {"gọi tôi", KeyCall, ""}, {"اتصل بي", KeyCall, ""},
		{"", Unread, ""}, {"👍", Unread, ""}, {"4821", Unread, "4821"}, {"ok 555-0142-77", KeyYes, ""}, {"ok 4821 9917", KeyYes, ""}, {"ok 123456789", KeyYes, ""},
		{"what did I sign", Unread, ""}, {"đu\u0301ng 4821", KeyYes, "4821"}, {"dư\u0300ng", KeyStop, ""}, {"\u200fنعم\u200f 4821", KeyYes, "4821"},
	} {
		if k, code := ParseInbound(c.text); k != c.key || code != c.code {
			t.Errorf("%q: %q %q, want %q %q", c.text, k, code, c.key, c.code)
		}
	}
}

func FuzzParseInbound(f *testing.F) {
	for _, s := range []string{"OK 4821", "dừng", "توقف ٤٨٢١", "stop\x00\xff", strings.Repeat("ok ", 900), "ok4821ok"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, code := ParseInbound(s)
		switch k {
		case Unread, KeyStop, KeyGo, KeyHelp, KeyYes, KeyNo, KeyMet, KeyCall:
		default:
			t.Fatalf("%q: keyword %q", s, k)
		}
		if code != "" && (len(code) < 4 || len(code) > 8 || strings.Trim(code, "0123456789") != "") {
			t.Fatalf("%q: code %q", s, code)
		}
		if len(s) < 1500 {
			if k2, code2 := ParseInbound("  " + s + " . "); k2 != k || code2 != code {
				t.Fatalf("%q: space and a dot change %q %q to %q %q", s, k, code, k2, code2)
			}
		}
	})
}
