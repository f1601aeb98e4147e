package projections

import (
	"cmp"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// cell holds one figure over time.
//
//	kind      main.n          main.value                      side.value
//	Flow      events          amounts                         -
//	Distinct  events          first mentions in the quarter   first mentions in the year
//	Stock     opens, closes   things in force, as +1 and -1   opening events in force, as +1 and -1
//	Coverage  -               things covered, as +1 and -1    -
//	Latest    events          -                               - (the values are in settings)
type cell struct {
	epoch    uint32
	main     series
	side     series
	settings []setting // in order of day, then position
}

// setting is one value of a Latest.
type setting struct {
	day   events.Day
	at    events.Position
	value events.Decimal
}

// member is the cell of one value of a breakdown.
type member struct {
	dim  int // index into the measure's By
	name string
	cell *cell
}

// block holds the cells of one measure at one unit.
type block struct {
	epoch   uint32
	total   *cell
	members []member // in order of dim, then name
}

// table holds the blocks of one measure, by unit. A unit without events has none.
type table struct {
	epoch  uint32
	blocks []*block
}

// slot names a cell within a block: the total, or one value of one breakdown.
type slot struct {
	dim  int // -1 for the total
	name string
}

var totalSlot = slot{dim: -1}

func (t *table) owned(epoch uint32) *table {
	if t.epoch == epoch {
		return t
	}
	return &table{epoch: epoch, blocks: slices.Clone(t.blocks)}
}

// cell returns the cell to write to, made or copied as need be. The table must be owned by the epoch.
func (t *table) cell(epoch uint32, org int, s slot) *cell {
	b := t.blocks[org]
	switch {
	case b == nil:
		b = &block{epoch: epoch, total: &cell{epoch: epoch}}
		t.blocks[org] = b
	case b.epoch != epoch:
		b = &block{epoch: epoch, total: b.total, members: slices.Clone(b.members)}
		t.blocks[org] = b
	}
	if s.dim < 0 {
		b.total = b.total.owned(epoch)
		return b.total
	}
	i, found := b.search(s)
	if !found {
		b.members = slices.Insert(b.members, i, member{s.dim, s.name, &cell{epoch: epoch}})
	}
	m := &b.members[i]
	m.cell = m.cell.owned(epoch)
	return m.cell
}

func (b *block) search(s slot) (int, bool) {
	return slices.BinarySearchFunc(b.members, s, func(m member, s slot) int {
		return cmp.Or(cmp.Compare(m.dim, s.dim), cmp.Compare(m.name, s.name))
	})
}

// owned returns the cell itself, or a copy that may be written to. Only the lists of pages are copied, not the pages.
func (c *cell) owned(epoch uint32) *cell {
	if c.epoch == epoch {
		return c
	}
	return &cell{
		epoch:    epoch,
		main:     series{slices.Clone(c.main.pages)},
		side:     series{slices.Clone(c.side.pages)},
		settings: slices.Clone(c.settings),
	}
}
