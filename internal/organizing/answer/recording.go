// The question read aloud: a short sound file that somebody of the team recorded,
// for people who would rather hear it.
package answer

import (
	"bytes"
	"context"
	"encoding/base64"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// LargestRecording is about a minute of speech.
const LargestRecording = 1 << 20

// soundKind recognises a sound file by its first bytes; what a file calls itself
// does not count. Empty: none that browsers play.
func soundKind(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("OggS")):
		return "audio/ogg"
	case bytes.HasPrefix(b, []byte("ID3")), len(b) > 2 && b[0] == 0xff && b[1]&0xe0 == 0xe0:
		return "audio/mpeg"
	case len(b) > 12 && bytes.HasPrefix(b, []byte("RIFF")) && bytes.Equal(b[8:12], []byte("WAVE")):
		return "audio/wav"
	case bytes.HasPrefix(b, []byte{0x1a, 0x45, 0xdf, 0xa3}):
		return "audio/webm"
	case len(b) > 12 && bytes.Equal(b[4:8], []byte("ftyp")):
		return "audio/mp4"
	}
	return ""
}

// SaveRecording keeps a sound file for a question in a language; an empty one removes it.
func (s *Service) SaveRecording(ctx context.Context, a access.Actor, campaign, question, lang string, body []byte) (err error) {
	defer fault.Wrap(&err, "answer.SaveRecording")
	g, err := access.Check(a, needPlace)
	if err != nil {
		return err
	}
	asked, err := s.campaigns.Asked(ctx, a.Org, campaign)
	if err != nil {
		return err
	}
	kind := soundKind(body)
	var bad []fault.Field
	if !slices.ContainsFunc(asked.Questions, func(q Question) bool { return q.ID == question }) {
		bad = append(bad, fault.At("question", "contact.error.choose"))
	}
	if !contact.Language(lang) {
		bad = append(bad, fault.At("lang", "contact.error.choose"))
	}
	if len(body) > LargestRecording || len(body) > 0 && kind == "" {
		bad = append(bad, fault.At("file", "answer.error.sound"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if len(body) == 0 {
			err = dropRecording(ctx, tx, campaign, question, lang)
		} else {
			err = putRecording(ctx, tx, campaign, Recording{question, lang, kind, id.Hash(string(body))[:16]}, base64.StdEncoding.EncodeToString(body))
		}
		if err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "record", "place", campaign, lang)
	})
}

// Sound returns a recording of the campaign behind a token.
func (s *Service) Sound(ctx context.Context, a access.Actor, token, question, lang string) (kind string, body []byte, err error) {
	defer fault.Wrap(&err, "answer.Sound")
	if _, err := access.Check(a, needAsk); err != nil {
		return "", nil, err
	}
	org, p, _, err := s.behind(ctx, token)
	if err != nil {
		return "", nil, err
	}
	var text string
	if err := s.db.Read(ctx, org, func(tx *db.Tx) error {
		kind, text, err = recordingBody(ctx, tx, p.Campaign, question, lang)
		return err
	}); err != nil {
		return "", nil, err
	}
	body, err = base64.StdEncoding.DecodeString(text)
	return kind, body, err
}

// Questions is what a campaign asks, and which of it has been recorded.
func (s *Service) Questions(ctx context.Context, a access.Actor, campaign string) (qs []Question, sounds []Recording, err error) {
	defer fault.Wrap(&err, "answer.Questions")
	if _, err := access.Check(a, needPlace); err != nil {
		return nil, nil, err
	}
	asked, err := s.campaigns.Asked(ctx, a.Org, campaign)
	if err != nil {
		return nil, nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		sounds, err = recordings(ctx, tx, campaign)
		return err
	})
	return asked.Questions, sounds, err
}
