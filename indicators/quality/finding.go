package quality

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// Finding is something odd about facts that were recorded.
type Finding struct {
	ID       string // of rule, check and events: the same finding has the same id as long as it concerns the same events
	Rule     string
	Title    events.Text // of the rule
	Check    string      // which of the things that the rule looks at
	Severity Severity
	Org      string            // the lowest unit that all events concerned happened at or below
	Text     events.Text       // what is odd
	Hint     events.Text       // what to do
	Events   []events.Position // the one that it is about, then the others in the order of the log
	More     int               // events that are concerned as well, beyond the first hundred
}

// finding says what a verdict is about.
func (s *state) finding(v *verdict) Finding {
	list, more := v.events()
	return Finding{
		ID: v.id(list, more), Rule: v.rule, Title: titleOf(v.rule), Check: v.code, Severity: v.severity, Org: s.plan.Orgs.Org(int(v.org)).Code,
		Text: v.say(), Hint: v.hint, Events: list, More: more,
	}
}

// id names a finding by its check, what the facts have in common, and the events, in whatever order.
func (v *verdict) id(list []events.Position, more int) string {
	list = slices.Clone(list)
	slices.Sort(list)
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %q %d", v.name(), v.n, v.group, more)
	for _, at := range list {
		fmt.Fprintf(h, " %v", at)
	}
	return v.rule + "-" + hex.EncodeToString(h.Sum(nil)[:6])
}
