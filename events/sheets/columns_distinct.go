package sheets

import (
	"strings"

	"github.com/kaohe/kaohe/events/forms"
)

// distinct gives columns whose title another one has already, as a plan may have it, a title of their own: the name of the
// field goes behind it.
func distinct(list []Column) []Column {
	zh, en := map[string]bool{}, map[string]bool{}
	for i := range list {
		c := &list[i]
		name := strings.TrimPrefix(c.Path, dataPrefix)
		c.Title.ZH = distinctTitle(zh, c.Title.ZH, name)
		c.Title.EN = distinctTitle(en, c.Title.EN, name)
	}
	return list
}

func distinctTitle(taken map[string]bool, title, name string) string {
	if taken[forms.Fold(title)] {
		title += " " + name
	}
	taken[forms.Fold(title)] = true
	return title
}
