package catalogue_test

import (
	"strings"
	"testing"
)

// What lies on a bound is allowed, what lies beyond it is not; the other implementation agrees.
func TestBounds(t *testing.T) {
	s := subjects(t)[0]
	for _, test := range []struct {
		data string
		good bool
	}{
		{`{"kind":"design","size":-6}`, false},
		{`{"kind":"design","size":-5}`, true},
		{`{"kind":"design","size":1000}`, true},
		{`{"kind":"design","size":1001}`, false},
		{`{"kind":"utility","text":""}`, false},
		{`{"kind":"utility","text":"一"}`, true},
		{`{"kind":"utility","text":"` + strings.Repeat("一", 8) + `"}`, true},
		{`{"kind":"utility","text":"` + strings.Repeat("一", 9) + `"}`, false},
		{`{"kind":"invention","level":1,"size":10,"words":[]}`, false},
		{`{"kind":"invention","level":1,"size":10,"words":["a"]}`, true},
		{`{"kind":"invention","level":1,"size":10,"words":["a","b","c"]}`, true},
		{`{"kind":"invention","level":1,"size":10,"words":["a","b","c","d"]}`, false},
		{`{"kind":"design","size":1,"words":["a","b","c"]}`, false},
		{`{"kind":"design","size":1,"count":0}`, false},
		{`{"kind":"design","size":1,"count":1000000}`, true},
		{`{"kind":"design","size":1,"count":1000001}`, false},
		{`{"kind":"design","size":1,"free":{}}`, false},
		{`{"kind":"design","size":1,"free":{"a":9007199254740991}}`, true},
		{`{"kind":"design","size":1,"free":{"a":9007199254740993}}`, false},
		{`{"kind":"design","size":1,"free":` + strings.Repeat(`{"a":`, 15) + "1" + strings.Repeat("}", 15) + `}`, true},
		{`{"kind":"design","size":1,"free":` + strings.Repeat(`{"a":`, 16) + "1" + strings.Repeat("}", 16) + `}`, false},
		{`{"kind":"design","size":1,"entities":[{"name":"a","times":9007199254740991}]}`, true},
		{`{"kind":"design","size":1,"entities":[{"name":"a","times":9007199254740992}]}`, false},
		{`{"kind":"design","size":1,"prices":{"a":9999999999999.99}}`, true},
		{`{"kind":"design","size":1,"prices":{"a":10000000000000}}`, false},
		{`{"kind":"design","size":1,"share":99999999999999.9999}`, true},
		{`{"kind":"design","size":1,"share":100000000000000}`, false},
		{`{"kind":"design","size":1,"share":922400000000000}`, false},
		{`{"kind":"design","size":1,"share":-18446744073709551616}`, false},
	} {
		s.examine(t, []byte(test.data))
		if _, faults := s.typ.Normalise([]byte(test.data)); (faults == nil) != test.good {
			t.Errorf("%s: good %v, want %v: %v", test.data, !test.good, test.good, sentences(faults))
		}
	}
}
