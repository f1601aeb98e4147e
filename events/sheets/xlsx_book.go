package sheets

import (
	"encoding/xml"
	"path"
	"strconv"
	"strings"
)

const maxSheets = 1000

// relations are the parts that a part refers to.
type relations struct {
	byID            map[string]string // id -> name of the part, in lower case
	strings, styles string
	book            string
	sheets          map[string]bool // parts that are worksheets
}

// readRelations reads the relations of a part, which may have none.
func (w *workbook) readRelations(of string) (*relations, error) {
	r := &relations{byID: map[string]string{}, sheets: map[string]bool{}}
	folder, base := path.Split(of)
	p, err := w.part(folder+"_rels/"+base+".rels", maxSmallPart, nil)
	if err == errNoPart {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	defer p.Close()
	return r, p.each(func(e xml.StartElement) error {
		if e.Name.Local != "Relationship" || strings.EqualFold(attribute(e, "TargetMode"), "External") {
			return nil
		}
		target := strings.ToLower(strings.ReplaceAll(attribute(e, "Target"), `\`, "/"))
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", folder, target)
		}
		target = strings.TrimPrefix(path.Clean(target), "/")
		r.byID[attribute(e, "Id")] = target
		switch path.Base(attribute(e, "Type")) {
		case "officeDocument":
			r.book = target
		case "sharedStrings":
			r.strings = target
		case "styles":
			r.styles = target
		case "worksheet":
			r.sheets[target] = true
		}
		return nil
	})
}

// readBook reads the list of sheets.
func (w *workbook) readBook() (*relations, error) {
	root, err := w.readRelations("")
	if err != nil {
		return nil, err
	}
	if root.book == "" {
		root.book = "xl/workbook.xml"
	}
	related, err := w.readRelations(root.book)
	if err != nil {
		return nil, err
	}
	p, err := w.part(root.book, maxSmallPart, nil)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	return related, p.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.date04 = truth(attribute(e, "date1904"))
		case "sheet":
			s := sheetEntry{name: attribute(e, "name"), hidden: strings.HasSuffix(strings.ToLower(attribute(e, "state")), "hidden")}
			if target := related.byID[attribute(e, "id")]; related.sheets[target] {
				s.part = target
			}
			if len(w.sheets) < maxSheets {
				w.sheets = append(w.sheets, s)
			}
		case "definedName":
			text, err := p.text(true)
			if i, wrong := strconv.Atoi(attribute(e, "localSheetId")); wrong == nil && i >= 0 && i < len(w.sheets) && attribute(e, "name") == MarkerName {
				w.sheets[i].mark = strings.Trim(strings.TrimPrefix(strings.TrimSpace(text), "="), `" `)
			}
			return err
		}
		return nil
	})
}

// sharedStrings are the texts of a workbook, one behind the other.
type sharedStrings struct {
	text []byte
	ends []uint32
}

// get returns a text.
func (s *sharedStrings) get(i int) (string, bool) {
	if i < 0 || i >= len(s.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return string(s.text[from:s.ends[i]]), true
}

// readStrings reads the texts that cells refer to by their number.
func (w *workbook) readStrings(name string) (*sharedStrings, error) {
	s := &sharedStrings{}
	p, err := w.part(name, maxStrings, nil)
	if err == errNoPart {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	defer p.Close()
	return s, p.each(func(e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := p.text(false)
		s.text = append(s.text, text...)
		s.ends = append(s.ends, uint32(len(s.text)))
		return err
	})
}
