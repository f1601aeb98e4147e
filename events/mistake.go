package events

import (
	"fmt"
	"strings"
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
	fmt.Fprintf(&b, "%s:%d:%d: %s", m.File, m.Line, m.Column, m.Text.In(lang))
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

// Suggest returns the known name that is nearest to a mistyped one, or "" if none is near.
func Suggest(name string, known []string) string {
	best, bestDistance := "", max(len([]rune(name))/3, 1)+1
	for _, k := range known {
		if d := distance([]rune(strings.ToLower(name)), []rune(strings.ToLower(k))); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
