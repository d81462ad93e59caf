// Counting at a door without names: fifty devices, a thousand presses of plus and
// minus, a tenth of them sent twice. Every answer is durable; nothing may be lost or
// counted twice.
package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"seedbed/internal/app"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/account"
)

const (
	tallyDevices      = 50
	tallyInstitutions = 22
)

func tally(ctx context.Context, o options, _ *world, rep *report) error {
	sys, err := app.OpenForTest(ctx, app.TestOptions{Data: filepath.Join(o.scratch, "tally")})
	if err != nil {
		return err
	}
	defer sys.Close()
	clinic, err := sys.Accounts.CreateOrg(ctx, account.Clinic{Name: "Tally", Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	if err != nil {
		return err
	}
	ana := access.Actor{Org: clinic.ID, Account: "tally", Roles: []access.Role{access.Organizer}}
	id, err := sys.Turnouts.Open(ctx, ana, turnout.In{Kind: people.Assembly, At: time.Now().Add(time.Hour), Minutes: 75, Goal: 300, Title: "Tally"})
	if err != nil {
		return err
	}
	places := make([]string, tallyInstitutions)
	for i := range places {
		if places[i], err = sys.People.SaveInstitution(ctx, ana, people.Institution{Name: fmt.Sprintf("Institution %02d", i), Kind: "congregation"}, ""); err != nil {
			return err
		}
		if err := sys.Turnouts.Undertake(ctx, ana, id, turnout.ShareIn{Institution: places[i], Goal: 20, Yes: 18}); err != nil {
			return err
		}
	}
	each := 1000 / tallyDevices
	want, took, fails := 0, make([][]time.Duration, tallyDevices), make([]error, tallyDevices)
	by := func(d, i int) int {
		if (d+i)%10 == 9 {
			return -1
		}
		return 1
	}
	for d := range tallyDevices {
		for i := range each {
			want += by(d, i)
		}
	}
	var wg sync.WaitGroup
	from := time.Now()
	for d := range tallyDevices {
		wg.Go(func() {
			for i := range each {
				for range 1 + (d+i)%10/9 { // the answer was lost: once more
					begun := time.Now()
					if err := sys.Turnouts.Count(ctx, ana, id, places[i%3], by(d, i), fmt.Sprintf("%d-%d", d, i)); err != nil {
						fails[d] = err
					}
					took[d] = append(took[d], time.Since(begun))
				}
			}
		})
	}
	wg.Wait()
	whole := time.Since(from)
	var all []time.Duration
	wrong := 0
	for d := range tallyDevices {
		all = append(all, took[d]...)
		if fails[d] != nil {
			wrong++
		}
	}
	bodies, err := sys.Turnouts.AtDoor(ctx, ana, id)
	if err != nil {
		return err
	}
	n := 0
	for _, b := range bodies {
		n += b.Attended
	}
	if n != want {
		wrong++
	}
	r := times("tally.press", fmt.Sprintf("counting without names: %d presses from %d devices at once, %s in all", len(all), tallyDevices, whole.Round(10*time.Millisecond)), all)
	r.Wrong = wrong
	rep.add(r)
	return nil
}
