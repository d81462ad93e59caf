// The one place where the engines' error codes become kinds.
package db

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"seedbed/internal/kit/fault"
)

// SQLite result codes, https://www.sqlite.org/rescode.html
const (
	sqliteBusy         = 5
	sqliteFull         = 13
	sqliteForeignKey   = 787
	sqlitePrimaryKey   = 1555
	sqliteUnique       = 2067
	sqliteBusySnapshot = 517
)

// translate gives a driver's error a kind. Errors that already have one stay as they are.
func translate(err error) error {
	if err == nil || fault.KindOf(err) != fault.Internal {
		return err
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		switch se.Code() {
		case sqlitePrimaryKey, sqliteUnique, sqliteForeignKey:
			return fault.Because(fault.New(fault.Conflict, ""), err)
		case sqliteBusy, sqliteBusySnapshot, sqliteFull:
			return fault.Because(fault.New(fault.Unavailable, ""), err)
		}
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch {
		case pe.Code == "23505" || pe.Code == "23503":
			return fault.Because(fault.New(fault.Conflict, ""), err)
		case pe.Code == "22021" || pe.Code == "22P05": // bytes that are no text: from outside, never from us
			return fault.Because(fault.New(fault.Invalid, "fault.form"), err)
		case pe.Code == "40001" || pe.Code == "40P01" || pe.Code[:2] == "53" || pe.Code[:2] == "57":
			return fault.Because(fault.New(fault.Unavailable, ""), err)
		}
	}
	var ce *pgconn.ConnectError
	if errors.As(err, &ce) {
		return fault.Because(fault.New(fault.Unavailable, ""), err)
	}
	return err
}

// retryable reports a serialization failure or a deadlock: the same work may succeed now.
func retryable(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40001" || pe.Code == "40P01")
}
