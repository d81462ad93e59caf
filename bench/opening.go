// Opening sealed people: one, a page of fifty, and ten thousand, as a search by
// name has to.
package main

import (
	"context"
	"fmt"
	"time"

	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

func opening(ctx context.Context, o options, w *world, rep *report) error {
	type sealed struct{ id, person, text string }
	var rows []sealed
	err := w.db.Read(ctx, w.Org, func(tx *db.Tx) (err error) {
		rows, err = db.Select(ctx, tx, func(s db.Scanner) (r sealed, err error) {
			err = s.Scan(&r.id, &r.person, &r.text)
			return r, err
		}, `SELECT id, person, sealed FROM introduction WHERE org_id=$1 AND person <> '' AND sealed_version=1 ORDER BY phone_blind LIMIT 10000`, w.Org)
		return err
	})
	if err != nil {
		return err
	}
	cells, texts := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], texts[i] = vault.Cell{Org: w.Org, Person: r.person, Table: "introduction", Column: "sealed", Row: r.id, Version: 1}, r.text
	}
	for _, s := range []struct{ size, times int }{{1, o.matches}, {50, o.matches / 2}, {len(cells), 5}} {
		var list []time.Duration
		wrong := 0
		for i := range s.times {
			at := i * s.size % max(1, len(cells)-s.size+1)
			from := time.Now()
			opened, err := w.vault.OpenMany(ctx, cells[at:at+s.size], texts[at:at+s.size])
			if err != nil {
				return err
			}
			list = append(list, time.Since(from))
			for _, p := range opened {
				if p.Gone || p.Plain == "" {
					wrong++
				}
			}
		}
		r := times(fmt.Sprint("vault.", s.size), fmt.Sprintf("vault: open %d people (keys read each time, none kept)", s.size), list)
		r.Wrong = wrong
		rep.add(r)
	}
	return nil
}
