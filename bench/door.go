// Checking in at a door: fifty devices, five hundred people, each name pressed on
// two of them. Every answer is durable; nobody may be there twice or be missing.
package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"seedbed/internal/app"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/contact"
)

const doorDevices = 50

func door(ctx context.Context, o options, _ *world, rep *report) error {
	sys, err := app.OpenForTest(ctx, app.TestOptions{Data: filepath.Join(o.scratch, "door")})
	if err != nil {
		return err
	}
	defer sys.Close()
	clinic, err := sys.Accounts.CreateOrg(ctx, account.Clinic{Name: "Door", Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	if err != nil {
		return err
	}
	ana := access.Actor{Org: clinic.ID, Account: "door", Roles: []access.Role{access.Organizer}}
	crew, err := sys.Teams.Create(ctx, ana, team.Team{Kind: team.Core, Name: "Door", Purpose: "Doors."}, "")
	if err != nil {
		return err
	}
	came := make([]string, min(500, max(50, o.people/200)))
	for i := range came {
		j, err := sys.People.Join(ctx, ana, people.JoinIn{Source: people.AtMeeting, How: "paper", ProfileIn: people.ProfileIn{In: contact.In{CalledName: "Somebody " + string(rune('A'+i%26)), Contact: "phone", Phone: fmt.Sprintf("+1503555%04d", 100+i), Lang: "en"}}})
		if err != nil {
			return err
		}
		came[i] = j.ID
		if i < 20 {
			if err := sys.Teams.Add(ctx, ana, team.MemberIn{Team: crew, Person: j.ID}); err != nil {
				return err
			}
		}
	}
	id, err := sys.Meetings.Plan(ctx, ana, meeting.PlanIn{Team: crew, Template: meeting.CoreTeam, At: time.Now().Add(time.Hour), Minutes: 90, Language: "en"})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	took, fails := make([][]time.Duration, doorDevices), make([]error, doorDevices)
	from := time.Now()
	for d := range doorDevices {
		wg.Go(func() {
			for i := range came {
				if i%(doorDevices/2) != d%(doorDevices/2) {
					continue // each name is on two devices
				}
				begun := time.Now()
				if err := sys.Meetings.Arrive(ctx, ana, id, came[i], fmt.Sprintf("%d-%d", d, i)); err != nil {
					fails[d] = err
				}
				took[d] = append(took[d], time.Since(begun))
			}
		})
	}
	wg.Wait()
	whole := time.Since(from)
	var all []time.Duration
	wrong := 0
	for d := range doorDevices {
		all = append(all, took[d]...)
		if fails[d] != nil {
			wrong++
		}
	}
	there, err := sys.Meetings.Door(ctx, ana, id)
	if err != nil {
		return err
	}
	if there.Total != len(came) {
		wrong++
	}
	r := times("door.arrive", fmt.Sprintf("check-in: %d people, each on two of %d devices at once, %s in all", len(came), doorDevices, whole.Round(10*time.Millisecond)), all)
	r.Wrong = wrong
	rep.add(r)
	return nil
}
