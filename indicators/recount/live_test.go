package recount_test

// live returns what a log says after all voids and corrections, in the order of the log (SEMANTICS 2.1): each event once,
// however often it stands there; none that is voided; each as its corrections leave it, in their order, whatever the place
// of the event among them. It looks at the patches only, not at the versions that control events state.
func live(lines [][]byte) []fact {
	log := readLog(lines)
	voids, corrections := ofType(log, "EventVoided"), ofType(log, "EventCorrected")
	var facts []fact
	for _, f := range log {
		if f.Type == "EventVoided" || f.Type == "EventCorrected" || voided(f, voids) {
			continue
		}
		for _, c := range corrections {
			if c.targets(f) {
				f = f.patched(c.Data["patch"].(map[string]any))
			}
		}
		facts = append(facts, f)
	}
	return facts
}

// readLog reads the events of a log, leaving out those that stand there already.
func readLog(lines [][]byte) (log []fact) {
	seen := map[[2]string]bool{}
	for i, line := range lines {
		f := readFact(line, i)
		if id := [2]string{f.Source, f.ID}; !seen[id] {
			seen[id] = true
			log = append(log, f)
		}
	}
	return log
}

func ofType(log []fact, typ string) (list []fact) {
	for _, f := range log {
		if f.Type == typ {
			list = append(list, f)
		}
	}
	return list
}

// targets reports whether a control event is about an event.
func (f fact) targets(of fact) bool {
	return f.text("target_id") == of.ID && f.text("target_source") == of.Source
}

// voided reports whether a void of an event holds. A void does not hold if it is itself voided.
func voided(f fact, voids []fact) bool {
	for _, v := range voids {
		if v.targets(f) && !voided(v, voids) {
			return true
		}
	}
	return false
}

// patched returns the fact with its data, time and org replaced by a merge patch (RFC 7386).
func (f fact) patched(patch map[string]any) fact {
	if org, ok := patch["org"].(string); ok {
		f.Org = org
	}
	if when, ok := patch["time"].(string); ok {
		f.Day = date(when[:10])
	}
	if data, ok := patch["data"].(map[string]any); ok {
		f.Data = merged(f.Data, data).(map[string]any)
	}
	return f
}

// merged is the algorithm of RFC 7386, section 2.
func merged(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	result := map[string]any{}
	if old, ok := target.(map[string]any); ok {
		for name, value := range old {
			result[name] = value
		}
	}
	for name, value := range changes {
		if value == nil {
			delete(result, name)
		} else {
			result[name] = merged(result[name], value)
		}
	}
	return result
}
