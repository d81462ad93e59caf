// SMS through any gateway that takes an HTTP request.
package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"seedbed/internal/platform/egress"
)

// Text is one SMS on its way out. ID is stable over repetitions.
type Text struct{ ID, To, Body string }

// SMSGateway hands a text to whoever delivers it. nil means taken; *Failure says what
// is known otherwise; any other error counts as unclear.
type SMSGateway interface {
	Send(ctx context.Context, t Text) error
}

// HTTPGateway is the settings of a gateway that takes one request per text. The words
// {to}, {text} and {id} in Body are replaced.
type HTTPGateway struct {
	URL    string
	Method string            // empty means POST
	Header map[string]string // such as Authorization; kept secret
	Format string            // "json" or "form"
	Body   string            // {"to":"{to}","text":"{text}","ref":"{id}"} or To={to}&Body={text}
}

// String keeps the headers out of logs.
func (g HTTPGateway) String() string { return "sms gateway (" + g.Format + ")" }

// GoString keeps them out of %#v, too.
func (g HTTPGateway) GoString() string { return g.String() }

type httpGateway struct {
	HTTPGateway
	client *egress.Client
}

// NewHTTPGateway checks the settings and returns the gateway.
func NewHTTPGateway(c *egress.Client, g HTTPGateway) (SMSGateway, error) {
	if g.Method == "" {
		g.Method = "POST"
	}
	if err := c.Check(g.URL); err != nil {
		return nil, fmt.Errorf("sms gateway: %w", err)
	}
	h := &httpGateway{g, c}
	probe, err := h.body(Text{ID: "probe-id", To: "probe-to", Body: "probe-text"})
	if err != nil {
		return nil, err
	}
	for _, word := range []string{"probe-to", "probe-text"} {
		if !bytes.Contains(probe, []byte(word)) {
			return nil, fmt.Errorf("sms gateway: the body lacks {%s}", strings.TrimPrefix(word, "probe-"))
		}
	}
	return h, nil
}

// body fills the template. It is parsed first and filled afterwards, so that no text can
// break out of its place.
func (h *httpGateway) body(t Text) ([]byte, error) {
	fill := strings.NewReplacer("{to}", t.To, "{text}", t.Body, "{id}", t.ID)
	switch h.Format {
	case "json":
		var v any
		if err := json.Unmarshal([]byte(h.Body), &v); err != nil {
			return nil, fmt.Errorf("sms gateway: the body is not JSON: %w", err)
		}
		return json.Marshal(filled(v, fill))
	case "form":
		v, err := url.ParseQuery(h.Body)
		if err != nil {
			return nil, fmt.Errorf("sms gateway: the body is not a form: %w", err)
		}
		for _, list := range v {
			for i := range list {
				list[i] = fill.Replace(list[i])
			}
		}
		return []byte(v.Encode()), nil
	}
	return nil, fmt.Errorf("sms gateway: format %q: want json or form", h.Format)
}

func filled(v any, fill *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return fill.Replace(v)
	case []any:
		for i := range v {
			v[i] = filled(v[i], fill)
		}
	case map[string]any:
		for k := range v {
			v[k] = filled(v[k], fill)
		}
	}
	return v
}

// Send asks the gateway once.
func (h *httpGateway) Send(ctx context.Context, t Text) error {
	body, err := h.body(t)
	if err != nil {
		return &Failure{Refused, "body"}
	}
	header := map[string]string{"Idempotency-Key": t.ID, "Content-Type": "application/json"}
	if h.Format == "form" {
		header["Content-Type"] = "application/x-www-form-urlencoded"
	}
	for k, v := range h.Header {
		header[k] = v
	}
	r, err := h.client.Do(ctx, egress.Request{Method: h.Method, URL: h.URL, Header: header, Body: body})
	switch {
	case err != nil && egress.Reached(err):
		return &Failure{Unclear, "no answer"}
	case err != nil:
		return &Failure{TryAgain, "no connection"}
	}
	return fateOfStatus(r.Status)
}

// fateOfStatus reads the answer. 500, 502 and 504 come from gateways that may have passed
// the text on before they stumbled.
func fateOfStatus(status int) error {
	code := strconv.Itoa(status)
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == 425, status == 429, status == 503:
		return &Failure{TryAgain, code}
	case status >= 500, status == 408, status == 409:
		return &Failure{Unclear, code}
	}
	return &Failure{Refused, code}
}
