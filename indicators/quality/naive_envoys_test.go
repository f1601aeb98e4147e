package quality_test

import "time"

func (n *naive) services() {
	type place struct{ envoy, org, check string }
	outside := map[place][]*live{}
	for _, s := range n.of("EnvoyServiceRecorded", "EnvoyTrainingHeld") {
		envoy := s.str("envoy_id")
		if envoy == "" {
			continue
		}
		from, ok := s.date("period_start")
		if !ok || from.After(s.day) {
			from = s.day
		}
		ever, fine := false, false
		for _, a := range n.of("EnvoyAssigned") {
			if a.str("envoy_id") != envoy {
				continue
			}
			ever = true
			for day := from; !day.After(s.day); day = day.AddDate(0, 0, 1) {
				fine = fine || n.assignedOn(a, day)
			}
		}
		switch {
		case !ever:
			outside[place{envoy, s.org, "envoy_unknown"}] = append(outside[place{envoy, s.org, "envoy_unknown"}], s)
		case !fine:
			outside[place{envoy, s.org, "outside_assignment"}] = append(outside[place{envoy, s.org, "outside_assignment"}], s)
		}
	}
	for p, list := range outside {
		n.add("DQ-08/"+p.check, "warn", list...)
	}
}

func (n *naive) assignedOn(a *live, day time.Time) bool {
	if to, ok := a.date("to"); day.Before(a.day) || ok && day.After(to) {
		return false
	}
	for _, r := range n.of("EnvoyReleased") {
		same := r.str("envoy_id") == a.str("envoy_id") && r.str("village_id") == a.str("village_id") && (a.str("village_id") != "" || r.str("enterprise_id") == a.str("enterprise_id"))
		if same && !r.day.Before(a.day) && !day.Before(r.day) {
			return false
		}
	}
	return true
}
