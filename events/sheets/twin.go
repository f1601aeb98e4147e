package sheets

import (
	"fmt"
	"reflect"

	"github.com/kaohe/kaohe/events"
)

// twin is a column that names a field as well as the column that gives it: two are titled 申报金额, or one 申报金额(元) and
// the other 申报金额(万元). Both may stand there as long as they say the same. Where they do not, nobody knows which is meant.
type twin struct {
	binding          // of its own
	of      *binding // of the column that gives the field
}

// findTwins finds the twins of the columns that give fields. Of remarks, which no figure depends on, the first counts.
func (k *rowKind) findTwins(h *header, by *Mapping) map[int]twin {
	given := map[int]*binding{}
	for i := range k.bound {
		given[k.bound[i].field] = &k.bound[i]
	}
	twins := map[int]twin{}
	for c := range h.titles {
		title := &h.titles[c]
		field, rank, unit := title.match(k.matcher)
		of := given[field]
		if of == nil || k.byIndex[c] != nil || by.skips(title.text) || k.columns[field].isRemark() {
			continue
		}
		if _, _, mapped := by.column(h.titles[of.column].text); mapped {
			continue
		}
		if _, best, _ := h.titles[of.column].match(k.matcher); best == rank {
			twins[c] = twin{binding{c, field, unit}, of}
		}
	}
	return twins
}

// isRemark reports whether the column holds texts that people write for each other.
func (c *Column) isRemark() bool {
	return c.Kind == "string" && c.Field != nil && (c.Field.MaxLength == 0 || c.Field.MaxLength >= longText)
}

// isChoice reports whether the column holds one of some values.
func (c *Column) isChoice() bool { return c.Field != nil && len(c.Field.Enum) > 0 }

// twin holds a cell of a twin against that of the column that gives the field.
func (d *draft) twin(w *twin, from cell) {
	column := &d.kind.columns[w.field]
	if given, ok := d.line.filled(w.of.column); ok && given.fault == nil && from.fault == nil {
		one := d.convert(column, d.table.unitOf(d.kind, w.of), given)
		other := d.convert(column, d.table.unitOf(d.kind, &w.binding), from)
		if one.OK() && other.OK() && reflect.DeepEqual(one.Value, other.Value) {
			return
		}
	}
	d.fault(w.column+1, column.Path, events.Text{
		ZH: fmt.Sprintf("第 %d 列和第 %d 列都是“%s”，这一行却填得不同；请删去其中一列，或改掉它的标题", w.of.column+1, w.column+1, column.Title.ZH),
		EN: fmt.Sprintf("columns %d and %d are both %q, and differ in this row; remove one of them, or give it another title", w.of.column+1, w.column+1, column.Title.EN),
	})
}
