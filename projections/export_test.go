package projections

// Residue counts all that a fold still keeps of events: of one without events nothing. (Names stay, in symbols and as
// members of breakdowns.)
func (f *Fold) Residue() int {
	n := len(f.targets) + len(f.nils) + f.claimed.Len() + f.contested.len()
	for m := range f.measures {
		n += len(f.distinct[m].mentions) + len(f.stocks[m].pairs) + len(f.stocks[m].things) + int(f.weights[m])
		for _, b := range f.tables[m].blocks {
			if b == nil {
				continue
			}
			for _, c := range append([]member{{cell: b.total}}, b.members...) {
				n += len(c.cell.main.pages) + len(c.cell.side.pages) + len(c.cell.settings)
			}
		}
	}
	return n
}

// Encode writes the state of a fold.
func (f *Fold) Encode() []byte { return f.encode() }

// DecodeFold reads it.
func DecodeFold(rules Rules, b []byte) (*Fold, error) { return decodeFold(rules, b) }

// Waiting returns how many wait for a look into the past.
func (a *Archive) Waiting() int64 { return a.waiting.Load() }
