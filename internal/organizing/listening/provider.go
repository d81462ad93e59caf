// What this room asks of its neighbours. They stand beside it or are built after
// it; app wires them in. Each may be absent, and then nothing of it is shown.
package listening

import (
	"context"
	"time"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Batch is a number of answers that were given without a name: by week, language
// and site, after moderation. Said holds how many of them said what, by the words
// that a moderator gave.
type Batch struct {
	At       time.Time // when they count as heard, no finer than a day
	Format   Format
	Language string
	Area     string
	Heard    int
	Said     map[string]int
}

// Quote is somebody's words that may be shown to the team now. Ref names them for
// the room that holds the permission ("answer:…", "story:…").
type Quote struct {
	Ref, Text, Language string
	Named               string // as the teller wants to be named; empty: nobody is named
	From                string // "answer" or "story"
}

// Answers is the room of waiting-room and phone answers.
type Answers interface {
	// Batches returns what was heard in a campaign, in the caller's transaction.
	Batches(ctx context.Context, tx *db.Tx, campaign string) ([]Batch, error)
	// Quotes returns the words that moderation let through and that are not withdrawn.
	Quotes(ctx context.Context, a access.Actor, campaign string) ([]Quote, error)
}

// Stories is the room of stories told with a permission.
type Stories interface {
	// Quotes returns the words that their tellers permit the team to read now.
	Quotes(ctx context.Context, a access.Actor, campaign string) ([]Quote, error)
}

// Agreement is a short statement and how groups that vote alike stand to it, in
// published counts only.
type Agreement struct {
	Text, Language          string
	Agree, Disagree, Passed int // percent of those who voted on it
	Voters                  int
	Unites                  bool // every group agrees
}

// Opinions is what the votes on statements say.
type Opinions interface {
	Agreements(ctx context.Context, a access.Actor, campaign string) ([]Agreement, error)
}

// TeamIn is a research action team that a decision brings about.
type TeamIn struct {
	Campaign, Name, Purpose string
	Chair, ChairName        string // person, and how they are called
}

// Teams is the room of teams.
type Teams interface {
	// CreateIn makes a research action team with its chair in the caller's transaction.
	CreateIn(ctx context.Context, tx *db.Tx, a access.Actor, t TeamIn) (id string, err error)
}

// BallotResult is a finished ballot: how many took part, and the counts by option.
type BallotResult struct {
	Ref, Title string
	People     int
	Options    []BallotOption
}

// BallotOption is one line of a finished ballot.
type BallotOption struct {
	Text  string
	Votes int
}

// Ballots is the room of decisions by ballot.
type Ballots interface {
	// Finished lists ballots whose count is public, newest first.
	Finished(ctx context.Context, a access.Actor) ([]BallotResult, error)
}

// Group is a suggestion: these themes may say the same. It is for people to accept
// or leave.
type Group struct{ Themes []string }

// Suggest groups themes by their words.
type Suggest func(names []string) [][]int
