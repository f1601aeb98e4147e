// Package catalogue is what may happen: the event types of a plan, each a JSON Schema (2020-12) in a file
// events/<Type>.v<N>.json, compiled to a validator that stands before every event recorded.
//
//	cat, mistakes := catalogue.Load(plan)            // all mistakes, with file, line, column and a hint
//	t, _ := cat.Type("PatentGranted")
//	data, faults := t.Normalise([]byte(`{"kind":"invention","fee_yuan":130000}`))
//	data.JSON()                                      // {"fee_yuan":"130000.00","kind":"invention"}
//	data.WithDefaults()                              // {"count":1,"fee_yuan":"130000.00","kind":"invention"}
//	data.Hashable()                                  // {"fee_yuan":13000000,"kind":"invention"}
//
// An event is brought into one normal form before it is checked, so that the same fact is the same bytes whoever wrote it
// down: strings are put into Unicode's NFC and lose white space at both ends (a text that must keep it cannot be data),
// whole numbers lose fractions and exponents of nothing (1.0 is 1), money becomes a string with two places and other
// decimals the shortest string, from numbers or strings alike and without ever passing through a float. Members are
// sorted and written as RFC 8785 says.
//
// Then every keyword of the schema is checked, and everything wrong is listed as a [Fault] that names the field, what was
// expected and what came. The validator is compiled from the schema and takes about two microseconds an event, which matters as
// it is on the way of every event; in exchange it knows a subset of JSON Schema, and refuses to load a schema that goes
// beyond: a keyword is checked or it is a mistake, but never ignored. What the subset says is what the standard says, and
// the tests compare the two.
//
// JSON itself is read more strictly than most do: names are unique, text is UTF-8 without NUL and other control
// characters (line feeds and tabs are fine, in escapes), escapes of half a character are refused, and so is data nested
// more than 16 deep. Whole numbers are those that a JSON number holds exactly; within objects that no schema describes,
// any number that a double holds as it is written.
package catalogue
