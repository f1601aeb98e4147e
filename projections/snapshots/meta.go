package snapshots

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kaohe/kaohe/events"
)

// Kind is what a snapshot is of.
type Kind string

// The kinds of snapshots.
const (
	Fold  Kind = "fold"  // the state of a fold; it depends on the plan
	Index Kind = "index" // the identities of all events, whatever the plan
)

// Meta says what a snapshot is of. Metas of a [Store] have their times in UTC and may be compared with ==.
type Meta struct {
	Kind     Kind
	Layout   uint32      // version of the payload's layout
	Rules    string      // hash of the plan, 64 lower-case hex digits; empty for an [Index]
	Head     events.Head // the commit up to which it goes, and the chain hash there
	Recorded time.Time   // when the log took that commit
}

const planDigits = 12 // of the plan's hash, in a file name

// name is the name of its file.
func (m Meta) name() string {
	if m.Kind == Index {
		return fmt.Sprintf("%s-%016d%s", m.Kind, m.Head.Seq, suffix)
	}
	return fmt.Sprintf("%s-%016d-%s%s", m.Kind, m.Head.Seq, m.Rules[:planDigits], suffix)
}

// normal returns m as it comes back from a file.
func (m Meta) normal() Meta {
	m.Recorded = time.Unix(0, m.Recorded.UnixNano()).UTC()
	return m
}

// check says why a header cannot hold m.
func (m Meta) check() error {
	switch {
	case m.Kind != Fold && m.Kind != Index:
		return fmt.Errorf("the kind is %q, must be %q or %q", m.Kind, Fold, Index)
	case m.Kind == Index && m.Rules != "":
		return fmt.Errorf("an index belongs to no plan, not to %q", m.Rules)
	case m.Kind == Fold && !isHash(m.Rules):
		return fmt.Errorf("the hash of the plan is %q, must be 64 lower-case hex digits", m.Rules)
	case m.Head.Seq == 0:
		return errors.New("the log is empty there")
	case !m.normal().Recorded.Equal(m.Recorded):
		return fmt.Errorf("the recording time %v is out of range", m.Recorded)
	}
	return nil
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && s == strings.ToLower(s)
}
