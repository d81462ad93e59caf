// Transactions as rooms see them, and the two helpers that turn rows into values.
package db

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
)

type queryer interface {
	ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
}

// Tx is a transaction under way. It must not outlive the function it was given to.
type Tx struct {
	q   queryer
	org string
}

// Org is the organization whose data the transaction may touch.
func (t *Tx) Org() string { return t.org }

// Exec runs a statement and returns how many rows it changed.
func (t *Tx) Exec(ctx context.Context, q string, args ...any) (int64, error) {
	r, err := t.q.ExecContext(ctx, q, args...)
	if err != nil {
		return 0, translate(err)
	}
	return r.RowsAffected()
}

// Query runs a query. Close the rows before the next statement; Select does that for you.
func (t *Tx) Query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	rows, err := t.q.QueryContext(ctx, q, args...)
	return rows, translate(err)
}

// QueryRow runs a query for one row.
func (t *Tx) QueryRow(ctx context.Context, q string, args ...any) *sql.Row {
	return t.q.QueryRowContext(ctx, q, args...)
}

// Scanner is a row to read columns from.
type Scanner interface{ Scan(dest ...any) error }

// Select returns all rows of a query.
func Select[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), q string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, translate(err)
		}
		out = append(out, v)
	}
	return out, translate(rows.Err())
}

// Get returns the one row of a query; without a row the error is fault.NotFound.
func Get[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), q string, args ...any) (T, error) {
	v, err := scan(tx.QueryRow(ctx, q, args...))
	if errors.Is(err, sql.ErrNoRows) {
		var zero T
		return zero, fault.Missing("no row")
	}
	return v, translate(err)
}

// One is Get for a single column.
func One[T any](ctx context.Context, tx *Tx, q string, args ...any) (T, error) {
	return Get(ctx, tx, func(s Scanner) (v T, err error) { err = s.Scan(&v); return v, err }, q, args...)
}

// Column is Select for a single column.
func Column[T any](ctx context.Context, tx *Tx, q string, args ...any) ([]T, error) {
	return Select(ctx, tx, func(s Scanner) (v T, err error) { err = s.Scan(&v); return v, err }, q, args...)
}

// Marks returns "$from, $from+1, …" for n arguments of an IN list, and "NULL" for none.
func Marks(from, n int) string {
	if n == 0 {
		return "NULL"
	}
	var sb strings.Builder
	for i := range n {
		if i > 0 {
			sb.WriteByte(',')
		}
		sb.WriteByte('$')
		sb.WriteString(strconv.Itoa(from + i))
	}
	return sb.String()
}

// Micros is how times are stored: microseconds since 1970, UTC; the zero time is 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time reads what Micros wrote.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
