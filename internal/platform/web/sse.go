// Server-sent events, for lists that change while somebody looks at them.
package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"seedbed/internal/platform/access"
)

// Stream keeps the connection open and calls next every interval; what next
// returns is sent as an event of the given name unless it is "". The session
// and the access are checked again before each call, so that somebody who loses
// either stops receiving at once. It ends when the reader leaves.
func (r *Request) Stream(w http.ResponseWriter, event string, every time.Duration, next func() (data string, err error)) error {
	rc := http.NewResponseController(w)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies must not hold events back
	w.WriteHeader(http.StatusOK)
	draining, _ := r.Context().Value(drainKey{}).(<-chan struct{})
	tick := time.NewTicker(every)
	defer tick.Stop()
	for beat := 0; ; beat++ {
		if err := r.stillAllowed(); err != nil {
			return nil // the answer has begun: closing is all that can be said
		}
		data, err := next()
		if err != nil {
			return nil
		}
		rc.SetWriteDeadline(time.Now().Add(30 * time.Second))
		switch {
		case data != "":
			_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, strings.ReplaceAll(data, "\n", "\ndata: "))
		case beat%15 == 0:
			_, err = fmt.Fprint(w, ": still here\n\n")
		}
		if err != nil || rc.Flush() != nil {
			return nil
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-draining:
			return nil
		case <-tick.C:
		}
	}
}

type drainKey struct{}

// WithDrain is the context of a server whose streams end when draining is closed.
// Other requests are not touched: what is under way is finished.
func WithDrain(ctx context.Context, draining <-chan struct{}) context.Context {
	return context.WithValue(ctx, drainKey{}, draining)
}

// Watching reports whether a request only looks on, as an open list does: it must
// not count as somebody being at work, or no session on that screen would ever end.
func Watching(ctx context.Context) bool { w, _ := ctx.Value(keyWatching).(bool); return w }

func watching(ctx context.Context) context.Context {
	return context.WithValue(ctx, keyWatching, true)
}

// stillAllowed asks again who this is: an account disabled or signed out
// elsewhere must not keep an open stream.
func (r *Request) stillAllowed() error {
	a, err := r.mux.cfg.Authenticate[r.route.Surface](watching(r.Context()), r.Request)
	if err != nil {
		return err
	}
	_, err = access.Check(a, r.route.Need)
	return err
}
