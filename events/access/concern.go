package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// maxVoids bounds how far a chain of voids of voids is followed.
const maxVoids = 16

// ErrLongChain says that an event voids a void of a void, and so on for so long that nobody follows it to its end. Only who
// may act for all units may read or change it.
var ErrLongChain = errors.New("voids of voids, too many to be followed")

// Units returns the codes of the units that a recorded event concerns: its own, and, of a void or correction, also those of
// what it is about, as that stood before and after. Of a void of a void these are those of the other void. line reads the
// event with an identity, as it was recorded. Whoever wants to read the event must be allowed to read all these units.
func Units(e *events.Stored, line func(events.Key) ([]byte, error)) ([]string, error) {
	var units []string
	at := *e
	for range maxVoids {
		units = append(units, string(at.Org))
		if t := string(at.Type); t != events.TypeVoided && t != events.TypeCorrected {
			return units, nil
		}
		var data struct {
			Source string `json:"target_source"`
			ID     string `json:"target_id"`
			Was    *struct{ Org string }
			Now    *struct{ Org string }
		}
		if err := json.Unmarshal(at.Data, &data); err != nil {
			return nil, fmt.Errorf("%w: %w", events.ErrLine, err)
		}
		if data.Now != nil {
			units = append(units, data.Now.Org)
		}
		if data.Was != nil {
			units = append(units, data.Was.Org)
			slices.Sort(units)
			return slices.Compact(units), nil
		}
		next, err := line(events.KeyOf(data.Source, data.ID))
		if err != nil {
			return nil, err
		}
		if err := at.ParseLine(next); err != nil {
			return nil, err
		}
	}
	return nil, ErrLongChain
}

// Everything reports whether the principal may do all of a wherever it likes.
func (p Principal) Everything(a Ability) bool { return p.Can&a == a && p.Org == Everywhere }

// MayAll reports whether the principal may do all of a at each of some units.
func (p Principal) MayAll(a Ability, orgs *events.Orgs, units []string) bool {
	for _, unit := range units {
		if !p.May(a, orgs, unit) {
			return false
		}
	}
	return len(units) > 0
}
