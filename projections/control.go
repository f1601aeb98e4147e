package projections

import (
	"bytes"
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// control is what an EventVoided or EventCorrected says.
type control struct {
	target events.Key
	event  events.Event // source, id and, where the version is given, the type of the target
	was    []byte       // the version it replaces, as a canonical line; nil if it does not say
	now    []byte       // the version that replaces it, if it was resolved
	patch  []byte
	reason string
}

// Fields of the data of control events, and of the versions in them, in order.
var (
	controlFields = []string{"now", "patch", "reason", "target_id", "target_source", "was"}
	versionFields = []string{"data", "dataschema", "org", "time", "type"}
)

func readControl(e *events.Stored) (control, error) {
	var values [6][]byte
	if err := fields(e.Data, controlFields, values[:]); err != nil {
		return control{}, err
	}
	id, err := text(values[3])
	if err != nil {
		return control{}, fmt.Errorf("data.target_id: %w", err)
	}
	source, err := text(values[4])
	if err != nil {
		return control{}, fmt.Errorf("data.target_source: %w", err)
	}
	c := control{event: events.Event{Source: string(source), ID: string(id)}, patch: values[1]}
	c.target = c.event.Key()
	if reason, err := text(values[2]); err == nil { // nothing hangs on it
		c.reason = string(reason)
	}
	if c.was, err = c.version(values[5]); err != nil {
		return control{}, fmt.Errorf("data.was: %w", err)
	}
	if c.now, err = c.version(values[0]); err != nil {
		return control{}, fmt.Errorf("data.now: %w", err)
	}
	return c, nil
}

// version makes the canonical line of a version of the target.
func (c *control) version(raw []byte) ([]byte, error) {
	if isNull(raw) {
		return nil, nil
	}
	var values [5][]byte
	if err := fields(raw, versionFields, values[:]); err != nil {
		return nil, err
	}
	c.event.Data = values[0]
	for i, into := range []*string{&c.event.Schema, &c.event.Org, &c.event.Time, &c.event.Type} {
		s, err := text(values[i+1])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", versionFields[i+1], err)
		}
		*into = string(s)
	}
	return c.event.AppendLine(nil), nil
}

// apply returns a version as the correction leaves it. A resolved correction of this very version says the result;
// otherwise its patch is merged. Type, source, id and who recorded the fact never change.
func (c *control) apply(version []byte) ([]byte, error) {
	if c.now == nil || !sameVersion(c.was, version) {
		return patched(version, c.patch)
	}
	before, err := parseLine(version)
	if err != nil {
		return nil, err
	}
	after, err := parseLine(c.now)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(before.Type, after.Type) || !bytes.Equal(before.Schema, after.Schema) {
		return nil, fmt.Errorf("%w: a correction never changes the type", ErrTarget)
	}
	next := after.Event()
	next.Principal = string(before.Principal)
	return next.AppendLine(nil), nil
}

// sameVersion compares two lines of one event, whoever sent them.
func sameVersion(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, err1 := parseLine(a)
	y, err2 := parseLine(b)
	if err1 != nil || err2 != nil {
		return false
	}
	left, right := x.Event(), y.Event()
	return left.SameContent(&right)
}

// patched applies the patch of a correction to a version.
func patched(line, patch []byte) ([]byte, error) {
	stored, err := parseLine(line)
	if err != nil {
		return nil, err
	}
	e, err := stored.Event().Patched(patch)
	if err != nil {
		return nil, err
	}
	next := e.AppendLine(nil)
	_, err = parseLine(next)
	return next, err
}
