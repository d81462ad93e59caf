// What a recipient gets to see of a person, field by field.

package introduction

import (
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/trust/consent"
)

func TestOnlyKeepsHowToReachThem(t *testing.T) {
	p := Person{CalledName: "Mei", Contact: consent.InPerson, Lang: "es"}
	if got := p.Only(p.Shares()).Contact; got != consent.InPerson {
		t.Errorf("in person, without number or address: the group is told %q", got)
	}
	if got := p.Only([]consent.Field{consent.Name}); got.Contact != "" || got.Lang != "" {
		t.Errorf("only the name was agreed to, and the group is told %+v", got)
	}
}

func TestNoWayOfContactIsSaidPlainly(t *testing.T) {
	_, bad := PersonIn{CalledName: "Mei", Lang: "es"}.person("US")
	if len(bad) != 1 || bad[0].Name != "contact" || bad[0].Key != "contact.error.contact" {
		t.Errorf("without a way of contact: %+v", bad)
	}
}

// A group that shall call needs something to call.
func TestACallNeedsAnAddress(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := mateo()
		in.Mode, in.Contact, in.Phone, in.Email = string(CallBack), string(consent.InPerson), "", ""
		_, err := w.s.Preview(w.ctx, drLee, in)
		if f := fault.FieldsOf(err); len(f) != 1 || f[0].Name != "contact" {
			t.Errorf("%v", err)
		}
		in.Mode = string(WarmHandoff)
		if _, err := w.s.Preview(w.ctx, drLee, in); err != nil {
			t.Errorf("meeting somebody needs none: %v", err)
		}
	})
}

// A name to be called by has room for a name, not for a remark beside it.
func TestANameHoldsNoRemark(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, ok := range map[string]bool{"Mateo": true, "Nguyễn Thị Lan": true, "O’Neil-Ruiz": true, "عمر": true, "Rosa (see note)": false, "Rosa: call late": false, "Rosa; bus 14": false} {
			in := mateo()
			in.CalledName = name
			_, err := w.s.Preview(w.ctx, drLee, in)
			if got := err == nil; got != ok {
				t.Errorf("%q: %v", name, err)
			}
		}
	})
}
