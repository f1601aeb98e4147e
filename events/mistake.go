package events

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Mistake is something wrong in a plan, at a place that a person can go to. Loading a plan lists all of them.
type Mistake struct {
	File   string `json:"file"`
	Line   int    `json:"line"`   // from 1; 0 if the mistake concerns the file as a whole
	Column int    `json:"column"` // from 1, in characters
	Source string `json:"source"` // the line as it stands in the file
	Text   Text   `json:"text"`   // what is wrong
	Hint   Text   `json:"hint"`   // what to do; may be empty
}

// In writes the mistake for a person: file:line:column, what is wrong, the source line with a mark below the place, and
// a hint.
func (m Mistake) In(lang Lang) string {
	var b strings.Builder
	b.WriteString(m.File)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", m.Line, m.Column)
	}
	b.WriteString(": " + m.Text.In(lang))
	if m.Source != "" {
		fmt.Fprintf(&b, "\n  %s\n  %s^", m.Source, indentTo(m.Source, m.Column))
	}
	if hint := m.Hint.In(lang); hint != "" {
		fmt.Fprintf(&b, "\n  %s %s", Text{ZH: "提示:", EN: "hint:"}.In(lang), hint)
	}
	return b.String()
}

// indentTo returns blanks as wide as the first column-1 characters; a Chinese character takes two columns.
func indentTo(source string, column int) string {
	var b strings.Builder
	for i, r := range []rune(source) {
		if i >= column-1 {
			break
		}
		switch {
		case r == '\t':
			b.WriteByte('\t')
		case r >= 0x1100:
			b.WriteString("  ")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// SourceLine returns line n (from 1) of a file.
func SourceLine(file []byte, n int) string {
	lines := strings.Split(string(file), "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[n-1], "\r")
}

// maxSuggest is the longest name, in characters, for which [Suggest] looks for a near one: comparing takes time by the
// square of the length, and what is longer is no slip of the hand.
const maxSuggest = 64

// Suggest returns the known name that is nearest to a mistyped one, or "" if none is near or the name has more than 64
// characters. Names come from anybody, so it compares only what may be near: a distance is never less than the
// difference of the lengths.
func Suggest(name string, known []string) string {
	length := utf8.RuneCountInString(name)
	if length > maxSuggest {
		return ""
	}
	best, bestDistance := "", max(length/3, 1)+1
	var typed []rune
	for _, k := range known {
		if n := utf8.RuneCountInString(k); max(n-length, length-n) >= bestDistance {
			continue
		}
		if typed == nil {
			typed = []rune(strings.ToLower(name))
		}
		if d := distance(typed, []rune(strings.ToLower(k))); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is the edit distance, in which two letters that changed places count as one slip (optimal string alignment).
func distance(a, b []rune) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(next[j]+1, row[j+1]+1, row[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
