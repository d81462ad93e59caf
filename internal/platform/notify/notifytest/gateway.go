// An SMS gateway that takes one HTTP request per text.
package notifytest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// Request is what the gateway got.
type Request struct {
	Method, ContentType, Key, Secret, Body string
}

// Gateway is the gateway. Its URL takes the requests.
type Gateway struct {
	URL string

	mu       sync.Mutex
	requests []Request
	answers  []int
}

// Stall and Hangup are answers that are none.
const (
	Stall  = -1 // takes the text and does not answer in time
	Hangup = -2 // takes the text and closes the connection
)

// NewGateway starts a gateway that says 202 unless told otherwise.
func NewGateway(t testing.TB) *Gateway {
	t.Helper()
	g := &Gateway{}
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	g.URL = s.URL + "/send"
	return g
}

// Answer sets the answers to the next requests, one each: a status, Stall or Hangup.
func (g *Gateway) Answer(statuses ...int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers = append(g.answers, statuses...)
}

// Requests returns what came in.
func (g *Gateway) Requests() []Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Request(nil), g.requests...)
}

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	g.requests = append(g.requests, Request{r.Method, r.Header.Get("Content-Type"), r.Header.Get("Idempotency-Key"), r.Header.Get("Authorization"), string(body)})
	status := 202
	if len(g.answers) > 0 {
		status, g.answers = g.answers[0], g.answers[1:]
	}
	g.mu.Unlock()
	switch status {
	case Hangup:
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			c.Close()
		}
	case Stall:
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	case 302:
		http.Redirect(w, r, "/elsewhere", status)
	default:
		w.WriteHeader(status)
	}
}
