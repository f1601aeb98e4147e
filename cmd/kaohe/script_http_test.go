package main

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// post sends a file to the daemon and writes the answer to standard output; the status must be the one given:
//
//	post STATUS CONTENT-TYPE FILE [PATH]
func post(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: post STATUS CONTENT-TYPE FILE [PATH]")
	}
	path := "/v1/events"
	if len(args) > 3 {
		path = args[3]
	}
	resp, err := http.Post(ts.Getenv("KAOHE_SERVER")+path, args[1], strings.NewReader(ts.ReadFile(args[2])))
	ts.Check(err)
	show(ts, resp, args[0])
}

// get asks the daemon and writes the answer to standard output; the status must be the one given, or 200:
//
//	get [STATUS] PATH
func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 1 {
		args = []string{"200", args[0]}
	}
	if neg || len(args) != 2 {
		ts.Fatalf("usage: get [STATUS] PATH")
	}
	resp, err := http.Get(ts.Getenv("KAOHE_SERVER") + args[1])
	ts.Check(err)
	show(ts, resp, args[0])
}

func show(ts *testscript.TestScript, resp *http.Response, status string) {
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if _, err := ts.Stdout().Write(body); err != nil {
		ts.Fatalf("write: %v", err)
	}
	if strconv.Itoa(resp.StatusCode) != status {
		ts.Fatalf("status %d, want %s: %s", resp.StatusCode, status, body)
	}
}
