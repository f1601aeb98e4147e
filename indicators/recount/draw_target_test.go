package recount_test

// wanted draws a TargetSet: mostly in a basis that goes with the indicator.
func (d *drawer) wanted() object {
	id := pick(d, d.ids...)
	o := object{"indicator": id, "year": pick(d, 2018, 2018, 2018, 2017), "value": pick(d, "4", "0", "1", "2", "16", "100", "12.5", "-2"),
		"basis": pick(d, "flow", "stock", "net", "growth"), "illustrative": d.maybe()}
	if !d.seldom() {
		o["basis"] = d.basis(id)
	}
	if d.seldom() {
		o["quarterly_plan"] = pick(d, []any{"1", "2", "3", "4"}, []any{"0", "0", "5", "16"}, []any{"8", "4", "2", "1.5"})
	}
	if d.seldom() {
		o["effective_from"] = pick(d, "2018-01-01", "2018-04-01", "2018-03-31", "2018-12-31", "2017-07-01")
	}
	if d.seldom() {
		o["due"] = pick(d, "2018-03-31", "2018-06-30", "2017-12-31")
	}
	return o
}

// basis draws a basis that a target for an indicator may be worded in.
func (d *drawer) basis(id string) string {
	kind := delivered(nil).written().indicator(id).kind
	for {
		if basis := pick(d, "flow", "stock", "net", "growth"); allowed(basis, kind) {
			return basis
		}
	}
}

// nilReport draws a NilReported.
func (d *drawer) nilReport() object {
	o := object{"quarter": pick(d, "2018Q1", "2018Q2", "2018Q3", "2018Q4", "2017Q4")}
	if d.maybe() {
		o["indicator"] = pick(d, d.ids...)
	} else {
		o["event_type"] = pick(d, businessTypes...)
	}
	return o
}
