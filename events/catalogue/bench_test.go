package catalogue_test

import (
	"testing"

	"github.com/kaohe/kaohe/events/catalogue"
)

// sevenFields is an event of ordinary size, with Chinese text, a day, a pattern and an evidence.
const sevenFields = `{"kind": "invention", "patent_no": "ZL201810012345.6", "owner_id": "91450700MA5K9X1234",
	"filed_on": "2016-05-04", "high_value": true, "source_ref": "国家知识产权局授权公告,第 34 卷", "evidence": ["国知发〔2018〕12号"]}`

// money is an event with a joint amount of two entities.
const money = `{"kind":"conversion","requested_yuan":130000,"entities":[{"name":"广西埃索凯生物科技有限公司"},{"name":"广西绿牌环保科技有限公司"}],"note":"科技成果转化补助"}`

// BenchmarkNormalise is what the catalogue adds to the way of each event into the log.
func BenchmarkNormalise(b *testing.B) {
	c := defaultPlan(b)
	for _, bench := range []struct{ name, typ, data string }{
		{"seven_fields", "PatentGranted", sevenFields}, {"joint_money", "SubsidyApplied", money},
	} {
		t, _ := c.Type(bench.typ)
		data := []byte(bench.data)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				d, faults := t.Normalise(data)
				if faults != nil {
					b.Fatal(faults[0].In("en"))
				}
				sink = d.WithDefaults()
			}
		})
	}
	b.Run("hashable", func(b *testing.B) {
		t, _ := c.Type("SubsidyApplied")
		var d *catalogue.Data
		d, _ = t.Normalise([]byte(money))
		b.ReportAllocs()
		for b.Loop() {
			sink = d.Hashable()
		}
	})
}

var sink []byte
