// The clinic itself: its name, language and time zone, and the places where it works.

package account

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// Sites lists the clinic's places, open ones first. Their names are public.
func (s *Service) Sites(ctx context.Context, org string) (list []Site, err error) {
	defer fault.Wrap(&err, "account.Sites")
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		list, err = db.Select(ctx, tx, func(sc db.Scanner) (v Site, err error) {
			var archived int64
			err = sc.Scan(&v.ID, &v.Name, &archived)
			v.Archived = archived != 0
			return v, err
		}, `SELECT id, name, archived_at FROM site WHERE org_id = $1 ORDER BY CASE WHEN archived_at = 0 THEN 0 ELSE 1 END, name, id`, org)
		return err
	})
	return list, err
}

// AddSite adds a place; a form sent twice (the same key) adds one.
func (s *Service) AddSite(ctx context.Context, a access.Actor, name, key string) (site string, err error) {
	defer fault.Wrap(&err, "account.AddSite")
	name, err = s.siteName(a, name)
	if err != nil {
		return "", err
	}
	fresh := s.newID()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		site, err = idem.Once(ctx, tx, s.now(), a.Name(), key, "account.AddSite", func() (string, error) {
			return fresh, insertSite(ctx, tx, a.Org, Site{ID: fresh, Name: name}, db.Micros(s.now()))
		})
		if err != nil || site != fresh {
			return err
		}
		return s.note(ctx, tx, a, "add_site", "settings", site)
	})
	return site, err
}

func (s *Service) siteName(a access.Actor, name string) (string, error) {
	if err := manage(a, needSettingsWrite); err != nil {
		return "", err
	}
	name, ok := cleanName(name)
	if !ok {
		return "", fault.Wrong(fault.At("name", "account.site.needed"))
	}
	return name, nil
}

// RenameSite changes a place's name; what happened there stays with it.
func (s *Service) RenameSite(ctx context.Context, a access.Actor, site, name string) (err error) {
	defer fault.Wrap(&err, "account.RenameSite")
	name, err = s.siteName(a, name)
	if err != nil {
		return err
	}
	return s.changeSite(ctx, a, site, "rename_site", `UPDATE site SET name = $3 WHERE org_id = $1 AND id = $2`, name)
}

// ArchiveSite takes a place out of the choices, or puts it back; reports keep it.
func (s *Service) ArchiveSite(ctx context.Context, a access.Actor, site string, archived bool) (err error) {
	defer fault.Wrap(&err, "account.ArchiveSite")
	if err := manage(a, needSettingsWrite); err != nil {
		return err
	}
	at := int64(0)
	if archived {
		at = db.Micros(s.now())
	}
	return s.changeSite(ctx, a, site, "archive_site", `UPDATE site SET archived_at = $3 WHERE org_id = $1 AND id = $2`, at)
}

func (s *Service) changeSite(ctx context.Context, a access.Actor, site, action, q string, value any) error {
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, q, a.Org, site, value)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing("site")
		}
		return s.note(ctx, tx, a, action, "settings", site)
	})
}

// UpdateOrganization changes name, language and time zone of the actor's clinic.
func (s *Service) UpdateOrganization(ctx context.Context, a access.Actor, c Clinic) (err error) {
	defer fault.Wrap(&err, "account.UpdateOrganization")
	if err := manage(a, needSettingsWrite); err != nil {
		return err
	}
	c.Site = "-" // sites have their own verbs
	if c, err = s.cleanClinic(c); err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE organization SET name = $2, language = $3, zone = $4 WHERE org_id = $1`, a.Org, c.Name, c.Language, c.Zone); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "update", "settings", a.Org)
	})
}
