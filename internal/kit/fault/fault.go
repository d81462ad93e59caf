// Package fault gives errors a kind and a trail.
//
// The kind says what the caller may do about it (correct a field, sign in,
// try later); the trail says where it happened, for operators. Users see
// neither: they get a translated sentence chosen by the message key. Only
// platform/web and the doors turn kinds into status codes.
package fault

import (
	"errors"
	"fmt"
)

// Kind classifies an error by what can be done about it.
type Kind int

const (
	Internal        Kind = iota // a defect or a broken machine; logged, never explained to users
	NotFound                    // unknown, or not for this actor: both answer alike
	Invalid                     // something typed is wrong; Fields say what
	Forbidden                   // known actor, not allowed
	Conflict                    // somebody else was first, or the state does not allow it
	Gone                        // was there, ended: used link, revoked consent, erased person
	Unavailable                 // try again later
	Limited                     // too many tries
	TooLarge                    // more than we accept
	Unauthenticated             // sign in first
)

var kindNames = [...]string{"internal", "not_found", "invalid", "forbidden", "conflict", "gone", "unavailable", "limited", "too_large", "unauthenticated"}

// String returns the name used in logs and in catalog keys ("fault.not_found").
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Field is one wrong form field: its name as in the form and the message that says what to do.
type Field struct {
	Name string         `json:"name"`
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// Error is the one error type with a kind.
type Error struct {
	kind   Kind
	key    string
	args   map[string]any
	fields []Field
	cause  error
}

// Error is for operators; users get the message behind the key.
func (e *Error) Error() string {
	s := e.kind.String()
	if e.key != "" && e.key != "fault."+s {
		s += " (" + e.key + ")"
	}
	for _, f := range e.fields {
		s += " [" + f.Name + ": " + f.Key + "]"
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.cause }

// Because returns err with an operator-only cause attached. err must come from this package.
func Because(err, cause error) error {
	var e *Error
	if !errors.As(err, &e) {
		return fmt.Errorf("%w: %w", err, cause)
	}
	c := *e
	c.cause = cause
	return &c
}

// New makes an error of a kind with a catalog key; args alternate name, value.
// An empty key means the kind's own sentence, "fault.<kind>".
func New(k Kind, key string, args ...any) error {
	if key == "" {
		key = "fault." + k.String()
	}
	return &Error{kind: k, key: key, args: Args(args...)}
}

// Args turns alternating names and values into a map; an odd tail is ignored.
func Args(args ...any) map[string]any {
	if len(args) < 2 {
		return nil
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return m
}

// Missing is a NotFound error; what is for the log only: unknown and forbidden ids must look alike outside.
func Missing(what string) error {
	return &Error{kind: NotFound, key: "fault.not_found", cause: errors.New(what)}
}

// Denied says that the actor may not; why is for the log only.
func Denied(why string) error {
	return &Error{kind: Forbidden, key: "fault.forbidden", cause: errors.New(why)}
}

// Clash is a conflict with its own sentence.
func Clash(key string, args ...any) error { return New(Conflict, key, args...) }

// Stale says that what a form changes was changed by somebody else since the form
// was shown: both versions have to be seen before one replaces the other.
func Stale() error { return Clash("fault.stale") }

// IsStale reports whether err comes from Stale.
func IsStale(err error) bool { key, _ := MessageOf(err); return key == "fault.stale" }

// Ended is a Gone error with its own sentence.
func Ended(key string, args ...any) error { return New(Gone, key, args...) }

// Wrong reports fields that need correcting. Without fields it still is Invalid.
func Wrong(fields ...Field) error {
	return &Error{kind: Invalid, key: "fault.invalid", fields: fields}
}

// At is one wrong field; args alternate name, value.
func At(name, key string, args ...any) Field {
	return Field{Name: name, Key: key, Args: Args(args...)}
}

// KindOf returns the kind of err; any foreign error is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.kind
	}
	return Internal
}

// Is reports whether err has the kind.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }

// FieldsOf returns the wrong fields of an Invalid error.
func FieldsOf(err error) []Field {
	var e *Error
	if errors.As(err, &e) {
		return e.fields
	}
	return nil
}

// MessageOf returns the catalog key and arguments that explain err to a user.
func MessageOf(err error) (string, map[string]any) {
	var e *Error
	if errors.As(err, &e) {
		return e.key, e.args
	}
	return "fault.internal", nil
}

// Wrap adds a step to the trail of *errp, if it is an error. Use it deferred:
//
//	defer fault.Wrap(&err, "introduction.Accept(%s)", id)
func Wrap(errp *error, format string, args ...any) {
	if *errp != nil {
		*errp = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *errp)
	}
}
