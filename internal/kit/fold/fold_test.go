package fold

import (
	"testing"

	"pgregory.net/rapid"
)

func TestOneNameManyWritings(t *testing.T) {
	for _, c := range [][2]string{
		{"Inquilinos Unidos", "  INQUILINOS   unidos! "},
		{"Comité de la Señora Peña", "comite de la senora pena"},
		{"Hội Người Thuê Nhà Đường Cây", "hoi nguoi thue nha duong cay"},
		{"جمعيّة المُستأجرين", "جمعية المستاجرين"},
		{"Straße", "strasse"},
		{"Neighbors' Table", "neighbors table"},
		{"St. Anne – Hall", "st anne hall"},
	} {
		if Text(c[0]) != Text(c[1]) {
			t.Errorf("%q folds to %q, %q to %q", c[0], Text(c[0]), c[1], Text(c[1]))
		}
	}
}

func TestTwiceIsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := Text(rapid.String().Draw(t, "s"))
		if Text(once) != once {
			t.Fatalf("%q becomes %q", once, Text(once))
		}
	})
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		close bool
	}{
		{"inquilinos unidos", "unidos inquilinos", true},
		{"cedar street tenants union", "cedar street tenant union", true},
		{"worker center", "workers center", true},
		{"worker center", "parents for parks", false},
		{"tenants union east", "riders union west", false},
		{"", "", false},
	} {
		if got := Alike(Text(c.a), Text(c.b)); (got >= 0.7) != c.close {
			t.Errorf("%q and %q: %.2f", c.a, c.b, got)
		}
	}
}

func TestContains(t *testing.T) {
	text := Text("Comité de Inquilinos: renta y moho")
	for q, want := range map[string]bool{"inq": true, "ren inq": true, "": true, "nquil": false, "co xx": false} {
		if Contains(text, q) != want {
			t.Errorf("%q: %v", q, !want)
		}
	}
}
