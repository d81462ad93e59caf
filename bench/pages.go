// The pages that staff and the public ask for all day, at fifty a second.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
)

const (
	readMost  = 50.0  // ms, 95th percentile
	writeMost = 100.0 // ms, 95th percentile
)

func (w *world) as(role access.Role, i int) string {
	list := w.Sessions[role]
	return list[i%len(list)]
}

func get(path, session string) ask {
	return ask{method: "GET", path: path, session: session, want: 200}
}

func (w *world) scenes() []scene {
	topics := []string{"housing", "work", "transport", "food", "schools", "debt"}
	filters := []string{"today", "late", "waiting", "all", "ended"}
	words := searchWords(w)
	offer := func(i int) url.Values {
		return url.Values{"full": {"1"}, "site": {w.Sites[i%len(w.Sites)]}, "lang": {[]string{"es", "en", "vi", "ar"}[i%4]}, "topics": {topics[i%6], topics[(i+1)%6]}}
	}
	return append(w.memberScenes(), []scene{
		{"page.offer", "offer, first page", readMost, func(i int) ask { return get("/offer?full=1", w.as(access.Clinician, i)) }},
		{"page.offer.groups", fmt.Sprintf("offer, three groups out of %d", w.Groups), readMost, func(i int) ask {
			return ask{"POST", "/offer", w.as(access.Clinician, i), offer(i), 200}
		}},
		{"page.board", "handoff board", readMost, func(i int) ask { return get("/handoffs?filter="+filters[i%5], w.as(access.Navigator, i/5%3)) }},
		{"page.board.clinician", "handoff board, without names", readMost, func(i int) ask { return get("/handoffs?filter="+filters[i%5], w.as(access.Clinician, i)) }},
		{"page.handoff", "one introduction (opens a person, writes who looked)", readMost, func(i int) ask {
			return get("/handoffs/"+w.Intros[i%len(w.Intros)], w.as(access.Navigator, i))
		}},
		{"page.mine", "a clinician's own introductions", readMost, func(i int) ask { return get("/introductions", w.as(access.Clinician, i)) }},
		{"page.directory", "stewards' list of groups", readMost, func(i int) ask {
			return get([]string{"/directory?tab=freshness", "/directory?tab=all", "/directory?tab=all&q=" + words[i%len(words)]}[i%3], w.as(access.Organizer, i))
		}},
		{"page.counts", "counts", readMost, func(i int) ask { return get("/counts", w.as(access.Lead, i)) }},
		{"page.groups", "public list, with filters and search", readMost, func(i int) ask {
			return get([]string{"/groups", "/groups?topic=" + topics[i%6], "/groups?q=" + words[i%len(words)], "/groups?language=es&day=2"}[i%4], "")
		}},
		{"page.group", "a group's public page", readMost, func(i int) ask { return get("/groups/"+w.shown(i), "") }},
		{"page.map", "public map", readMost, func(i int) ask { return get([]string{"/map", "/map?topic=" + topics[i%6]}[i%2], "") }},
		{"write.answer", "write: answer that leaves a count", writeMost, func(i int) ask {
			f := offer(i)
			f.Set("outcome", []string{"declined", "ask_again"}[i%2])
			f.Set("_key", id.New(time.Now()))
			return ask{"POST", "/offer/answer", w.as(access.Clinician, i), f, 303}
		}},
		{"write.attempt", "write: log an attempt (state, clock, history, audit)", writeMost, func(i int) ask {
			f := url.Values{"act": {"attempt"}, "channel": {"phone"}, "result": {[]string{"no_answer", "call_back_later"}[i%2]}}
			return ask{"POST", "/handoffs/" + w.Calling[i%len(w.Calling)], w.as(access.Navigator, i), f, 303}
		}},
	}...)
}

// shown is the id of a group that the public sees.
func (w *world) shown(i int) string {
	for ; ; i++ {
		if g := w.groups[i%len(w.groups)]; g.State == "published" && !g.Unlisted {
			return g.ID
		}
	}
}

// searchWords are beginnings of names, as people type them.
func searchWords(w *world) (words []string) {
	for i := range 40 {
		name := w.groups[i*len(w.groups)/40].Name
		words = append(words, name[:4])
	}
	return words
}

// mixed is a working day: mostly reading, one request in ten changes something.
func mixed(list []scene) scene {
	by := map[string]scene{}
	for _, s := range list {
		by[s.id] = s
	}
	order := []string{"page.board", "page.offer", "page.offer.groups", "page.handoff", "page.groups", "page.board.clinician", "write.answer", "page.directory", "page.group", "page.mine",
		"page.board", "page.handoff", "page.offer", "page.offer.groups", "page.map", "page.counts", "write.attempt", "page.groups", "page.handoff", "page.group"}
	return scene{"page.mix", "all of these together, one in ten a write", readMost, func(i int) ask { return by[order[i%len(order)]].next(i/len(order)*7 + i%3) }}
}

// pages measures every scene on a server of its own core, and the memory it takes.
func pages(_ context.Context, o options, w *world, rep *report) (err error) {
	s, err := startServer(o, w, w.data, cores > 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if _, err := s.ready(time.Now(), "/readyz"); err != nil {
		return err
	}
	time.Sleep(o.rest)
	idle, _ := memory(s.cmd.Process.Pid)
	rep.add(one("memory.idle", "memory after the start, filled database, idle", "MB", idle).atMost(100, idle))
	if cores > 1 {
		leaveCoreZero()
		defer useAllCores()
	}
	if err := sceneRun(o, newLoader(s.base), w.scenes(), s.cmd.Process.Pid, rep); err != nil {
		return err
	}
	now, most := memory(s.cmd.Process.Pid)
	rep.add(one("memory.load", "memory after the load", "MB", now), one("memory.peak", "highest memory", "MB", most))
	return nil
}

// sceneRun measures scenes one after the other. The processor time of the
// server's process says what a page costs, however busy the machine was.
func sceneRun(o options, l *loader, list []scene, pid int, rep *report) error {
	var wrong []error
	for _, s := range append(list, mixed(list)) {
		if !o.wants(s.id) {
			continue
		}
		for i := range 5 { // templates are parsed on first use
			if err := l.do(s.next(i)); err != nil {
				wrong = append(wrong, fmt.Errorf("%s: %w", s.id, err))
			}
		}
		length := o.each
		if s.id == "page.mix" {
			length *= 2
		}
		before := processor(pid)
		r, err := l.run(s, o.rate, length)
		r.CPU = (processor(pid) - before) / float64(max(1, r.N))
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", s.id, err))
		}
		rep.add(r)
	}
	return errors.Join(wrong...)
}
