package sheets

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// maxSheetName is how many characters (UTF-16 units) the name of a sheet may have.
const maxSheetName = 31

// sheetName makes a name of a title that a spreadsheet takes for a sheet and that none of the others has.
func sheetName(title string, taken []string) string {
	title = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return ' '
		}
		return r
	}, title), " '")
	for n := 1; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = fmt.Sprintf(" %d", n)
		}
		name := cut(title, maxSheetName-len(suffix)) + suffix
		if !slices.ContainsFunc(taken, func(other string) bool { return strings.EqualFold(other, name) }) {
			return name
		}
	}
}

// cut shortens a text to so many UTF-16 units, which is how spreadsheets count.
func cut(s string, limit int) string {
	n := 0
	for i, r := range s {
		if n += utf16.RuneLen(r); n > limit {
			return s[:i]
		}
	}
	return s
}

// quoted writes the name of a sheet as a formula wants it.
func quoted(sheet string) string {
	return "'" + strings.ReplaceAll(sheet, "'", "''") + "'"
}
