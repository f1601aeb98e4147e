package sheets_test

import (
	"bufio"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/kaohe/kaohe/events/sheets"
)

// generated is a CSV file or a file of events that is made as it is read.
type generated struct {
	rows, next int
	row        func(i int) string
	rest       string
}

func (g *generated) Read(p []byte) (int, error) {
	for g.rest == "" {
		if g.next > g.rows {
			return 0, io.EOF
		}
		g.rest = g.row(g.next)
		g.next++
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// heapPerRow reads a file, and returns how many bytes stay in memory for each row while it is open.
func heapPerRow(t *testing.T, name string, g *generated) int64 {
	t.Helper()
	f, err := sheets.OpenReader(name, bufio.NewReader(g), sheets.Options{Catalogue: plan()})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	rows := 0
	for ; ; rows++ {
		r, err := f.Next()
		if err == io.EOF {
			break
		}
		if err != nil || r.Faults != nil {
			t.Fatal(err, r)
		}
		if rows == 1000 {
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(f)
	if rows < g.rows {
		t.Fatalf("%d rows, want %d", rows, g.rows)
	}
	return int64(after.HeapAlloc-before.HeapAlloc) / int64(rows)
}

// A million rows may take 200 MiB, with the program around them and what is sent.
func TestRowsTakeLittleMemory(t *testing.T) {
	const rows = 100_000
	trainings := &generated{rows: rows, row: func(i int) string {
		if i == 0 {
			return trainingHead
		}
		return fmt.Sprintf("2018-02-05,%d,水稻种植技术要点与病虫害防治 %d\n", i%100, i)
	}}
	if n := heapPerRow(t, "科技培训.csv", trainings); n > 48 {
		t.Errorf("a row of CSV takes %d bytes, want 35 or so", n)
	}
	lines := &generated{rows: rows, row: func(i int) string { return `{"specversion":"1.0","type":"EnvoyTrainingHeld"}` + "\n" }}
	if n := heapPerRow(t, "x.ndjson", lines); n > 4 {
		t.Errorf("a line takes %d bytes, want none", n)
	}
}

func BenchmarkCSV(b *testing.B) {
	g := &generated{rows: b.N, row: func(i int) string {
		if i == 0 {
			return "申报日期,企业编号,补助类别,申报金额（万元）,备注\n"
		}
		return fmt.Sprintf("2018-3-5,E%d,科技成果转化补助,13,第 %d 笔\n", i, i)
	}}
	f, err := sheets.OpenReader("补助申报.csv", g, sheets.Options{Catalogue: plan()})
	if err != nil {
		b.Fatal(err)
	}
	for err == nil {
		_, err = f.Next()
	}
}
