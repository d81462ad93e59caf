// Somebody who sends their request a byte at a time does not hold a connection.
package web_test

import (
	"bufio"
	"net"
	"net/http"
	"testing"
	"time"

	"seedbed/internal/platform/web"
)

func TestSlowClientsAreLetGo(t *testing.T) {
	srv := web.Server(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request that never ended was served") }))
	for what, d := range map[string]time.Duration{"header": srv.ReadHeaderTimeout, "request": srv.ReadTimeout, "answer": srv.WriteTimeout, "idle": srv.IdleTimeout} {
		if d <= 0 || d > 2*time.Minute {
			t.Errorf("%s: %v is no limit", what, d)
		}
	}
	srv.ReadHeaderTimeout = 30 * time.Millisecond // the real one, shorter
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(ln)
	defer srv.Close()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "))
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	// A client that only waits sees the end of the connection; one that were kept
	// would run into its own deadline.
	r := bufio.NewReader(conn)
	for {
		if _, err := r.ReadByte(); err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Error("the connection is still held")
			}
			return
		}
	}
}
