package indicators

import (
	"strings"
	"unicode"

	"github.com/kaohe/kaohe/events"
)

// A line of a file that a mistake shows ends soon after the place, and a place far to the right is not shown at all: what
// looks for it will not read along a line of thousands of characters.
const (
	maxSource   = 400 // characters of a line up to the place
	afterSource = 80  // and after it
)

// printable makes a mistake fit to be shown on a terminal. Its words come from files that may hold anything, also what
// would move the cursor or recolour the screen.
func printable(m events.Mistake) events.Mistake {
	m.File = Visible(m.File)
	m.Source = Visible(around(m.Source, m.Column))
	m.Text = events.Text{ZH: Visible(m.Text.ZH), EN: Visible(m.Text.EN)}
	m.Hint = events.Text{ZH: Visible(m.Hint.ZH), EN: Visible(m.Hint.EN)}
	return m
}

// around cuts a line off after a place in it.
func around(line string, column int) string {
	if column > maxSource {
		return ""
	}
	n := 0
	for i := range line {
		if n++; n > column+afterSource {
			return line[:i] + "…"
		}
	}
	return line
}

// Visible makes a text fit to be shown on a terminal, in its line. It puts U+FFFD in place of each control character but a
// tab, each mark that turns the direction of writing and each byte that is no UTF-8, so that columns stay what they are.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029') {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
