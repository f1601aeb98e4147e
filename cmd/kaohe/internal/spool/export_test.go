package spool

// SegmentSize is how large a segment grows.
const SegmentSize = segmentSize

// ParseSegment reads a segment: the entries, what is damaged, and where it is cut before more is added.
func ParseSegment(b []byte) (entries []Entry, damage []Damage, cut int64) {
	s := parseSegment(nameOf(1), b)
	return s.after(0), s.damage(), s.cut
}

// Line writes an entry as it is kept.
func Line(e Entry) []byte { return e.appendLine(nil) }

// ParseMark reads the file that says up to where all is answered for, and Mark writes it.
var (
	ParseMark = parseMark
	Mark      = markOf
)
