// What the SMS gateway delivers: a word from a number. Nothing but a fixed,
// general sentence goes back, whoever asks.

package introductionweb

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/web"
)

// secretHeader carries what proves that the gateway is ours.
const secretHeader = "X-Seedbed-Secret"

type inboundText struct {
	From string `json:"from"`
	Text string `json:"text"`
}

func (h *Web) inbound(w http.ResponseWriter, r *web.Request) error {
	if h.o.InboundSecret == "" || subtle.ConstantTimeCompare([]byte(r.Header.Get(secretHeader)), []byte(h.o.InboundSecret)) != 1 {
		return fault.Denied("text messages need the gateway's secret")
	}
	in, err := readInbound(r)
	if err != nil {
		return err
	}
	ctx, org := r.Context(), r.Actor.Org
	word, _ := notify.ParseInbound(in.Text)
	reply := h.o.Notices.Reply(r.Locale, word)
	switch word {
	case notify.KeyStop:
		if err := h.o.Notices.Stop(ctx, org, notify.SMS, in.From); err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
		err = h.s.StopByText(ctx, org, in.From)
	case notify.KeyGo:
		if err = h.o.Notices.Start(ctx, org, notify.SMS, in.From); fault.Is(err, fault.Invalid) {
			err = nil
		}
	case notify.KeyHelp, notify.KeyCall:
	default:
		var key string
		if key, err = h.s.ByReply(ctx, org, in.From, in.Text); err == nil {
			reply = r.T(key)
		}
	}
	if err != nil {
		return err
	}
	return r.JSON(w, http.StatusOK, map[string]string{"reply": reply})
}

// readInbound takes JSON {"from":…,"text":…} or a form with the same or with the
// names From and Body, as common gateways send them.
func readInbound(r *web.Request) (in inboundText, err error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return in, tooLarge(err)
		}
		if err := json.Unmarshal(body, &in); err != nil {
			return in, fault.Because(fault.New(fault.Invalid, "fault.form"), err)
		}
	} else {
		if err := r.Parse(); err != nil {
			return in, err
		}
		in = inboundText{From: first(r.Form("from"), r.Form("From")), Text: first(r.Form("text"), r.Form("Body"))}
	}
	in.From, in.Text = strings.TrimSpace(in.From), strings.TrimSpace(in.Text)
	switch {
	case in.From == "" || len(in.From) > 40:
		return in, fault.Wrong(fault.At("from", "fault.invalid"))
	case len(in.Text) > 2000:
		return in, fault.Wrong(fault.At("text", "fault.invalid"))
	}
	return in, nil
}

func tooLarge(err error) error {
	if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
		return fault.Because(fault.New(fault.TooLarge, "", "Limit", big.Limit), err)
	}
	return fault.Because(fault.New(fault.Invalid, "fault.form"), err)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
