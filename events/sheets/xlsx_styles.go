package sheets

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
)

// cellFormat is what a number is shown as.
type cellFormat uint8

const (
	plainFormat cellFormat = iota
	dateFormat
	monthFormat // a month, or a year: the day is kept but nobody sees it
	percentFormat
)

// builtIn are the formats that workbooks do not write down, those of Chinese Excel among them (ECMA-376, 18.8.30).
var builtIn = func() map[int]numberFormat {
	m := map[int]numberFormat{9: {cellFormat: percentFormat}, 10: {cellFormat: percentFormat}}
	for _, id := range [...]int{14, 15, 16, 22, 28, 29, 30, 31, 51, 53, 54, 58} {
		m[id] = numberFormat{cellFormat: dateFormat}
	}
	for _, id := range [...]int{17, 27, 36, 50, 52, 57} {
		m[id] = numberFormat{cellFormat: monthFormat}
	}
	return m
}()

const maxStyles = 1 << 16

// readStyles reads the format of each style of cells.
func (w *workbook) readStyles(name string) ([]numberFormat, error) {
	p, err := w.part(name, maxSmallPart, nil)
	if err == errNoPart {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer p.Close()
	own, list, within := map[int]numberFormat{}, []numberFormat(nil), ""
	err = p.each(func(e xml.StartElement) error {
		id, _ := strconv.Atoi(attribute(e, "numFmtId"))
		switch e.Name.Local {
		case "cellXfs", "cellStyleXfs", "dxfs":
			within = e.Name.Local
		case "numFmt":
			if len(own) < maxStyles {
				own[id] = readFormat(attribute(e, "formatCode"))
			}
		case "xf":
			if within != "cellXfs" || len(list) == maxStyles {
				return nil
			}
			format, ok := own[id]
			if !ok {
				format = builtIn[id]
			}
			list = append(list, format)
		}
		return nil
	})
	return list, err
}

// literals are the parts of a format that are shown as they stand, or not at all.
var literals = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[(?:[^hms\]][^\]]*|[hms][^hms\]][^\]]*)?\]|(?i:am/pm|a/p|general)|上午/下午`)

// formatOf tells what a format shows a number as: yyyy"年"m"月"d"日", 0.00%, #,##0.
func formatOf(code string) cellFormat {
	code = strings.ToLower(literals.ReplaceAllString(code, ""))
	code, _, _ = strings.Cut(code, ";")
	has := func(letters string) bool { return strings.ContainsAny(code, letters) }
	switch {
	case has("%"):
		return percentFormat
	case has("d"):
		return dateFormat
	case has("y"), has("m") && !has("hs"):
		return monthFormat
	}
	return plainFormat
}
