package sheets

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// equals numbers the rows of a file that say the same, so that two trainings with one content are two, and the same two
// when the file is imported again. It takes some 35 bytes a row.
type equals struct {
	seen events.KeyTable // of how many rows there were
	zone *time.Location
}

// number returns the how-manieth event of its content this is, from 1. Events that are told apart by an id or by the
// fields that identify them are not counted: equal ones are one.
func (e *equals) number(env *envelope, t *forms.Type, data map[string]any, known *forms.Catalogue) uint64 {
	if env.ID != "" || identified(t, data) {
		return 1
	}
	org := env.Org
	if org == "" {
		org = known.DefaultOrg
	}
	source := env.Source
	if source == "" {
		source = "kaohe:" + org
	}
	h := sha256.New()
	for _, s := range [...]string{env.Type, source, org, e.day(env.Time), string(env.Data)} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	k := events.Key(h.Sum(nil)[:len(events.Key{})])
	n, _ := e.seen.Get(k)
	e.seen.Set(k, n+1)
	return n + 1
}

// day is the day of a time, in the plan's zone.
func (e *equals) day(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.In(e.zone).Format(time.DateOnly)
	}
	return s
}

// identified reports whether an event has all the fields that identify it.
func identified(t *forms.Type, data map[string]any) bool {
	for _, name := range t.Identity {
		if name == "day" {
			continue
		}
		if v, ok := data[name]; ok && v != nil {
			continue
		}
		if f := forms.Find(t.Fields, []string{name}); f == nil || len(f.Default) == 0 {
			return false
		}
	}
	return len(t.Identity) > 0
}

func nthNote(n uint64) events.Text {
	return events.Text{ZH: fmt.Sprintf("内容相同的几行中的第 %d 行", n), EN: fmt.Sprintf("number %d of the rows with this content", n)}
}
