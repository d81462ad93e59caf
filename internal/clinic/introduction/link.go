// Ways in without an account: a group's link and code, a text message from the
// group's number, the person's code. GET reveals and consumes nothing.
package introduction

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
)

const (
	// SessionLife ends a session without an account after a quarter of an hour of silence.
	SessionLife = 15 * time.Minute
	// SessionMost ends it whatever happens.
	SessionMost = 2 * time.Hour

	codeLength = 16 // of the person's code: 80 bits
	pinLength  = 6  // of a group's code
	pinTries   = 5
)

var needLink = access.Need{Resource: "recipient", Action: access.Update}

func codeHash(code string) string { return id.Hash(id.ParseCode(code)) }

// makeLink returns a token for a share; only its hash is stored.
func (s *Service) makeLink(ctx context.Context, tx *db.Tx, shareID string) (string, error) {
	token, now := id.Token(), s.clock.Now()
	return token, insertLink(ctx, tx, id.Hash(token), shareID, now, now.Add(linkLife))
}

// Kinds of page behind a recipient's link.
const (
	LinkAsksCode = "code"   // there is something; say the code
	LinkRecall   = "recall" // it was taken back; please confirm
	LinkOver     = "over"   // nothing here any more
)

// LinkPage is the neutral page: it names nobody.
type LinkPage struct {
	Org    string
	Kind   string
	Group  string // id
	Recall Recall // for LinkRecall
	Texts  bool   // a code can be sent to the group
}

// linked is where a token leads.
type linked struct {
	link   link
	share  share
	recall recall
	row    row
}

func (s *Service) follow(ctx context.Context, tx *db.Tx, token string) (l linked, err error) {
	if l.link, err = linkByHash(ctx, tx, id.Hash(token)); err != nil {
		return l, err
	}
	if !s.clock.Now().Before(l.link.expires) {
		return l, fault.Ended("introduction.error.link_over")
	}
	return l, nil
}

// inside reads what the link leads to, in its organization.
func (s *Service) inside(ctx context.Context, tx *db.Tx, l *linked) (err error) {
	if l.recall, err = recallOfShare(ctx, tx, l.link.share); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if l.share, err = shareByID(ctx, tx, l.link.share); err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil // erased: only the recall is left
		}
		return err
	}
	l.row, err = rowByID(ctx, tx, l.share.intro)
	return err
}

func (l linked) kind(now time.Time) string {
	switch {
	case l.recall.id != "" && l.recall.answered.IsZero():
		return LinkRecall
	case l.recall.id == "" && l.share.live(now) && l.row.state.Shared():
		return LinkAsksCode
	}
	return LinkOver
}

// withLinked runs fn in the organization of the token.
func (s *Service) withLinked(ctx context.Context, token string, write bool, fn func(tx *db.Tx, l *linked) error) error {
	if len(token) < 20 || len(token) > 100 {
		return fault.Missing("not a link")
	}
	var l linked
	err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		l, err = s.follow(ctx, tx, token)
		return err
	})
	if err != nil {
		return err
	}
	run := s.db.Read
	if write {
		run = s.db.Write
	}
	return run(ctx, l.link.org, func(tx *db.Tx) error {
		if err := s.inside(ctx, tx, &l); err != nil {
			return err
		}
		return fn(tx, &l)
	})
}

// LinkPage says which neutral page a link shows. It changes nothing, so that
// whatever previews links can look as often as it likes.
func (s *Service) LinkPage(ctx context.Context, token string) (p LinkPage, err error) {
	defer fault.Wrap(&err, "introduction.LinkPage")
	now := s.clock.Now()
	err = s.withLinked(ctx, token, false, func(tx *db.Tx, l *linked) error {
		p = LinkPage{Org: l.link.org, Kind: l.kind(now), Group: l.share.group}
		if p.Kind == LinkRecall {
			p.Group, p.Recall = l.recall.group, l.recall.public(now)
		}
		return nil
	})
	if err == nil && p.Kind == LinkAsksCode {
		if rec, e := s.groups.Recipient(ctx, p.Org, p.Group); e == nil {
			p.Texts = rec.Texts && rec.Phone != "" || rec.Mail != ""
		}
	}
	return p, err
}

// OpenLink exchanges a link and its code for a short session. Tries are counted
// before they are judged, in the database; after five the code is dead and staff
// give out a new one.
func (s *Service) OpenLink(ctx context.Context, token, code string) (sessionToken string, err error) {
	defer fault.Wrap(&err, "introduction.OpenLink")
	var judged error // a wrong try must stay counted, so it is no error of the transaction
	err = s.withLinked(ctx, token, true, func(tx *db.Tx, l *linked) error {
		judged, sessionToken = nil, ""
		now := s.clock.Now()
		if l.kind(now) != LinkAsksCode {
			return fault.Ended("introduction.error.link_over")
		}
		tries, err := countTry(ctx, tx, l.share.id)
		if err != nil {
			return err
		}
		if tries > pinTries {
			judged = fault.New(fault.Limited, "introduction.error.code_tries")
			return nil
		}
		want, err := s.vault.Open(ctx, codeCell(l.share, l.row.person), l.share.codeSealed)
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(id.ParseCode(code))) != 1 {
			judged = fault.Wrong(fault.At("code", "introduction.error.code", "Left", pinTries-tries))
			return nil
		}
		if err := clearTries(ctx, tx, l.share.id); err != nil {
			return err
		}
		sessionToken = id.Token()
		if err := insertSession(ctx, tx, id.Hash(sessionToken), session{kind: linkSession, subject: l.share.id, made: now, seen: now}); err != nil {
			return err
		}
		return s.audit.Write(ctx, tx, audit.Event{Org: l.link.org, Actor: "link:" + l.share.group, Role: string(access.Link), Action: "open",
			Resource: "introduction", ResourceID: l.row.id, Subject: l.row.person})
	})
	if err == nil {
		err = judged
	}
	if err != nil {
		return "", err
	}
	return sessionToken, nil
}

// SendCode sends the code to the group's own phone or mail, at most once in ten
// minutes. It never makes a new one: asking must not give anyone new tries.
func (s *Service) SendCode(ctx context.Context, token string) (err error) {
	defer fault.Wrap(&err, "introduction.SendCode")
	return s.withLinked(ctx, token, true, func(tx *db.Tx, l *linked) error {
		now := s.clock.Now()
		if l.kind(now) != LinkAsksCode {
			return fault.Ended("introduction.error.link_over")
		}
		return s.notices.Enqueue(ctx, tx, notify.Notice{Kind: notify.PersonCode, To: notify.Ref{Room: refCode, ID: l.share.id},
			Key: "code:" + l.share.id + ":" + now.Truncate(10*time.Minute).Format(time.RFC3339)})
	})
}

// AnswerRecallByLink confirms by link that a group has forgotten. There is
// nothing personal behind it, so it asks for no code.
func (s *Service) AnswerRecallByLink(ctx context.Context, token string) (err error) {
	defer fault.Wrap(&err, "introduction.AnswerRecallByLink")
	return s.withLinked(ctx, token, true, func(tx *db.Tx, l *linked) error {
		if l.recall.id == "" {
			return fault.Ended("introduction.error.link_over")
		}
		a := access.Actor{Org: l.link.org, Group: l.recall.group, Roles: []access.Role{access.Link}}
		g, err := access.Check(a, needUpdate)
		if err != nil {
			return err
		}
		return s.answerRecall(ctx, tx, a, g, l.recall)
	})
}

// LinkOut is what staff hand to a group by phone or on paper. It is shown once.
type LinkOut struct {
	URL   string
	Code  string
	Reply string // number for text messages, when several are open
}

// LinkFor makes a fresh link and code for the present group. The old code ends,
// with what it has opened.
func (s *Service) LinkFor(ctx context.Context, a access.Actor, intro string) (out LinkOut, err error) {
	defer fault.Wrap(&err, "introduction.LinkFor(%s)", intro)
	g, err := access.Check(a, needShare)
	if err != nil {
		return out, err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		w := &work{tx: tx, now: s.clock.Now(), actor: a, granted: g, party: party(g)}
		if w.row, w.share, err = s.load(ctx, tx, a, g, intro); err != nil {
			return err
		}
		if !w.share.live(w.now) || !w.row.state.Shared() {
			return fault.Clash("introduction.error.not_sent")
		}
		if err := s.needConsent(ctx, w); err != nil {
			return err
		}
		code := id.Digits(pinLength)
		if err := s.sealCode(ctx, w, code); err != nil {
			return err
		}
		if err := setCode(ctx, tx, w.share.id, w.share.codeSealed, w.share.codeVersion); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, w.share.id); err != nil {
			return err
		}
		token, err := s.makeLink(ctx, tx, w.share.id)
		if err != nil {
			return err
		}
		out = LinkOut{URL: s.link(token), Code: code, Reply: w.share.reply}
		return s.note(ctx, w, "share", "link", w.row.person)
	})
	return out, err
}

// Authenticate says who stands behind a session token of this room, for the
// pages of links and of My information. It is anonymous when the session has
// ended, when the share has, or when the person was erased.
func (s *Service) Authenticate(ctx context.Context, token string) (a access.Actor, err error) {
	defer fault.Wrap(&err, "introduction.Authenticate")
	if token == "" {
		return a, nil
	}
	hash, now := id.Hash(token), s.clock.Now()
	var v session
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		v, err = sessionByHash(ctx, tx, hash)
		return err
	})
	if fault.Is(err, fault.NotFound) || (err == nil && (now.Sub(v.seen) >= SessionLife || now.Sub(v.made) >= SessionMost)) {
		return access.Actor{}, nil
	}
	if err != nil {
		return access.Actor{}, err
	}
	err = s.db.Read(ctx, v.org, func(tx *db.Tx) error {
		a, err = s.actorOf(ctx, tx, v)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return access.Actor{}, nil
	}
	if err != nil {
		return access.Actor{}, err
	}
	a.Session = hash
	if now.Sub(v.seen) >= time.Minute {
		err = s.db.Write(ctx, v.org, func(tx *db.Tx) error { return seeSession(ctx, tx, hash, now) })
	}
	return a, err
}

func (s *Service) actorOf(ctx context.Context, tx *db.Tx, v session) (access.Actor, error) {
	if v.kind == linkSession {
		sh, err := shareByID(ctx, tx, v.subject)
		if err != nil || !sh.live(s.clock.Now()) {
			return access.Actor{}, err
		}
		return access.Actor{Org: v.org, Group: sh.group, Subject: sh.id, Roles: []access.Role{access.Link}}, nil
	}
	r, err := rowByID(ctx, tx, v.subject)
	if err != nil || r.person == "" {
		return access.Actor{}, err
	}
	return access.Actor{Org: v.org, Person: r.person, Subject: r.id, Roles: []access.Role{access.Participant}}, nil
}

// SignOut ends a session of this room: the safe exit calls it, whatever the token.
func (s *Service) SignOut(ctx context.Context, token string) (err error) {
	defer fault.Wrap(&err, "introduction.SignOut")
	if token == "" {
		return nil
	}
	hash := id.Hash(token)
	var v session
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		v, err = sessionByHash(ctx, tx, hash)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.db.Write(ctx, v.org, func(tx *db.Tx) error { return deleteSession(ctx, tx, hash) })
}

// What a word in a text message means, in the languages we write to groups in.
var keywords = map[string]Verb{
	"ok": VerbAcknowledge, "seen": VerbAcknowledge, "visto": VerbAcknowledge, "da xem": VerbAcknowledge, "đã xem": VerbAcknowledge, "وصل": VerbAcknowledge,
	"yes": VerbAccept, "si": VerbAccept, "sí": VerbAccept, "co": VerbAccept, "có": VerbAccept, "نعم": VerbAccept,
	"no": VerbUnable, "khong": VerbUnable, "không": VerbUnable, "لا": VerbUnable,
	"tried": VerbAttempt, "intento": VerbAttempt, "intenté": VerbAttempt, "da goi": VerbAttempt, "đã gọi": VerbAttempt, "حاولت": VerbAttempt,
	"met": VerbMeet, "vimos": VerbMeet, "nos vimos": VerbMeet, "da gap": VerbMeet, "đã gặp": VerbMeet, "التقينا": VerbMeet,
}

// ByReply is a text message from a group's number: a word, and the number of the
// introduction when several are open. Whatever it says, nothing about a person
// goes back: reply is the message id of a fixed sentence.
func (s *Service) ByReply(ctx context.Context, org, from, text string) (reply string, err error) {
	defer fault.Wrap(&err, "introduction.ByReply")
	const unknown = "introduction.sms.unknown"
	word, number := splitReply(text)
	verb, ok := keywords[word]
	if !ok {
		return unknown, nil
	}
	blind, err := s.vault.Blind(ctx, org, vault.Phone, from)
	if err != nil {
		return unknown, nil // not a number we could have written to
	}
	var open []share
	err = s.db.Read(ctx, org, func(tx *db.Tx) (err error) {
		open, err = openSharesByPhone(ctx, tx, blind, s.clock.Now())
		return err
	})
	if err != nil {
		return "", err
	}
	var hit []share
	for _, sh := range open {
		if number == "" || sh.reply == number {
			hit = append(hit, sh)
		}
	}
	if len(hit) != 1 {
		if len(hit) > 1 {
			return "introduction.sms.which", nil
		}
		return unknown, nil
	}
	a := access.Actor{Org: org, Group: hit[0].group, Subject: hit[0].id, Roles: []access.Role{access.Link}}
	switch err := s.answerBy(ctx, a, verb, hit[0].intro); fault.KindOf(err) {
	case fault.Internal:
		if err != nil {
			return "", err
		}
		return "introduction.sms.thanks", nil
	case fault.Unavailable:
		return "", err
	}
	return "introduction.sms.too_late", nil
}

func (s *Service) answerBy(ctx context.Context, a access.Actor, v Verb, intro string) error {
	switch v {
	case VerbAcknowledge:
		return s.Acknowledge(ctx, a, AnswerIn{ID: intro})
	case VerbAccept:
		return s.Accept(ctx, a, AnswerIn{ID: intro})
	case VerbUnable:
		return s.Unable(ctx, a, UnableIn{ID: intro, Reason: string(Full)})
	case VerbAttempt:
		return s.LogAttempt(ctx, a, AttemptIn{ID: intro, Channel: string(Phone), Result: string(NoAnswerYet)})
	}
	return s.ConfirmMeeting(ctx, a, MeetIn{ID: intro})
}

// splitReply parts the word from the number at its end: " Sí  4821 " → "sí", "4821".
func splitReply(text string) (word, number string) {
	f := strings.Fields(strings.ToLower(text))
	if len(f) > 0 && strings.Trim(f[len(f)-1], "0123456789") == "" {
		number, f = f[len(f)-1], f[:len(f)-1]
	}
	return strings.Trim(strings.Join(f, " "), ".,!¡ "), number
}

// StopByText notes that "STOP" came from a number. Whoever holds a phone can
// write that, so it erases nothing: messages stop, and staff ask the person.
func (s *Service) StopByText(ctx context.Context, org, from string) (err error) {
	defer fault.Wrap(&err, "introduction.StopByText")
	blind, err := s.vault.Blind(ctx, org, vault.Phone, from)
	if err != nil {
		return nil // not a number of ours
	}
	zone := s.zone(ctx, org)
	return s.db.Write(ctx, org, func(tx *db.Tx) error {
		rows, err := rowsByPhone(ctx, tx, blind)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if !r.state.Open() || !r.askedStop.IsZero() {
				continue
			}
			w := &work{tx: tx, now: s.clock.Now(), actor: machine(org), granted: access.Granted{Role: access.System, Scope: access.All}, party: PartySystem, row: r, before: r.state}
			if err := s.askedStop(ctx, w, zone); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) askedStop(ctx context.Context, w *work, zone *time.Location) (err error) {
	if w.clocks, _, err = s.clocksFor(ctx, w.tx, zone); err != nil {
		return err
	}
	if w.share, err = openShare(ctx, w.tx, w.row.id); err != nil {
		return err
	}
	w.row.askedStop = w.now
	return s.finish(ctx, w, "asked_stop", "")
}

// GoesOn clears the mark of StopByText after staff have asked: the person wants it to go on.
func (s *Service) GoesOn(ctx context.Context, a access.Actor, in AnswerIn) (err error) {
	defer fault.Wrap(&err, "introduction.GoesOn(%s)", in.ID)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	if g.Scope != access.Org {
		return fault.Denied("staff ask the person")
	}
	zone := s.zone(ctx, a.Org)
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		w := &work{tx: tx, now: s.clock.Now(), actor: a, granted: g, party: party(g)}
		if w.clocks, _, err = s.clocksFor(ctx, tx, zone); err != nil {
			return err
		}
		if w.row, w.share, err = s.load(ctx, tx, a, g, in.ID); err != nil {
			return err
		}
		w.before, w.row.askedStop = w.row.state, time.Time{}
		return s.finish(ctx, w, "goes_on", "")
	})
}
