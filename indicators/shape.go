package indicators

// Types that write their JSON in the shape of another type name that one here, so that a document of the interface is made of
// what is written and not of what somebody remembers of it.

// Shape returns the type in whose shape a scorecard is written.
func (Scorecard) Shape() any { return scorecardJSON{} }

// Shape returns the type in whose shape a row is written.
func (Row) Shape() any { return rowJSON{} }

// Shape returns the type in whose shape a closing is written.
func (Closed) Shape() any { return closedJSON{} }

// Shape returns the type in whose shape duties are written.
func (Duties) Shape() any { return dutiesJSON{} }

// Format returns how the text of a day is written, as JSON Schema names it.
func (date) Format() string { return "date" }
