// Tests of kinds, fields and trails.
package fault

import (
	"errors"
	"strings"
	"testing"
)

func TestTrailKeepsKind(t *testing.T) {
	verb := func() (err error) {
		defer Wrap(&err, "room.Verb(%s)", "x1")
		return Wrong(At("phone", "phone.too_short", "Min", 8))
	}
	err := verb()
	if !Is(err, Invalid) {
		t.Fatalf("kind = %v, want invalid", KindOf(err))
	}
	f := FieldsOf(err)
	if len(f) != 1 || f[0].Name != "phone" || f[0].Args["Min"] != 8 {
		t.Fatalf("fields = %+v", f)
	}
	if !strings.HasPrefix(err.Error(), "room.Verb(x1): ") {
		t.Errorf("no trail in %q", err)
	}
}

func TestForeignErrorsAreInternal(t *testing.T) {
	if k := KindOf(errors.New("disk on fire")); k != Internal {
		t.Errorf("kind = %v", k)
	}
	if key, _ := MessageOf(errors.New("secret path /var/x")); key != "fault.internal" {
		t.Errorf("key = %q", key)
	}
	if Is(nil, Internal) {
		t.Error("nil is not an internal error")
	}
}

func TestWrapLeavesNilAlone(t *testing.T) {
	var err error
	Wrap(&err, "x")
	if err != nil {
		t.Fatal(err)
	}
}

func TestBecauseKeepsKindAndHidesCause(t *testing.T) {
	cause := errors.New("constraint 2067")
	err := Because(Clash("group.exists"), cause)
	if !Is(err, Conflict) || !errors.Is(err, cause) {
		t.Fatalf("%v", err)
	}
	if key, _ := MessageOf(err); key != "group.exists" {
		t.Errorf("key = %q", key)
	}
}
