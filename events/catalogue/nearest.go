package catalogue

import (
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// NearestField returns which of the known names of fields a wrong one was probably meant to be, or "". It prefers one that
// only goes on after what was written: amount_yuan for amount.
func NearestField(name string, known []string) string {
	if i := slices.IndexFunc(known, func(k string) bool { return name != "" && strings.HasPrefix(k, name+"_") }); i >= 0 {
		return known[i]
	}
	return events.Suggest(name, known)
}
