package catalogue_test

import "testing"

// FuzzNormalise throws anything at every type: what is taken is canonical, stable and valid for another implementation of
// JSON Schema; what is refused is refused in words.
func FuzzNormalise(f *testing.F) {
	list := subjects(f)
	types := map[string]byte{}
	for i, s := range list {
		types[s.typ.Name] = byte(i)
	}
	for _, seed := range []struct{ typ, data string }{
		{"PatentGranted", sevenFields},
		{"SubsidyApplied", money},
		{"SampleTaken", `{"kind":"utility","text":" caf\u0065\u0301 ","size":1e1,"fee_yuan":1e+05,"weight":"2.50","level":null,"box":{},"words":["a","b"],"entities":[{"name":"x","part_yuan":5}]}`},
		{"SampleTaken", `{"kind":"invention","level":3,"code":"A-1","on":"2018-02-30","left":"L","right":7,"sure":true,"flag":false}`},
		{"EventCorrected", `{"patch":{"data":{"b":1e-7,"a":[0.1,-0,1e21,{"\ud83d\ude00":null,"\ufb33":"\n"}]}},"reason":"r","target_id":"1","target_source":"s"}`},
		{"EventVoided", "{\"reason\":\"\xff\\ud800\\u0000\",\"a\":1,\"a\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}"},
		{"NilReported", `{"quarter":"2018Q1","indicator":"x","event_type":null`},
		{"TargetSet", `{"indicator":"a","year":2018.0,"value":16,"basis":"flow","quarterly_plan":[0,"1.5",-0,99999999999999.9999]}`},
		{"VillageListed", "[01,tru,\"\\x\",\"\n\"]"},
	} {
		f.Add(types[seed.typ], []byte(seed.data))
	}
	f.Fuzz(func(t *testing.T, typ byte, data []byte) {
		list[int(typ)%len(list)].examine(t, data)
	})
}
