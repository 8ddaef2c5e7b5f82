import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.queries.spans.SpanNearQuery;
import org.apache.lucene.queries.spans.SpanTermQuery;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.QueryBuilder;

/** Bench SUBSCRIPTIONS.tsv ARTICLES.txt SECONDS: lucene-monitor as it comes, with the stock ArabicAnalyzer; one JSON line. */
public final class Bench {
  private static final String FIELD = "text";

  public static void main(String[] args) throws Exception {
    QueryBuilder builder = new QueryBuilder(new ArabicAnalyzer());
    List<MonitorQuery> queries = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[0]), StandardCharsets.UTF_8)) {
      String[] f = line.split("\t", -1);
      queries.add(new MonitorQuery(f[0], query(builder, f[1], f[2], f[3], Integer.parseInt(f[4]))));
    }
    List<Document> articles = new ArrayList<>();
    for (String text : Files.readAllLines(Path.of(args[1]), StandardCharsets.UTF_8)) {
      Document document = new Document();
      document.add(new TextField(FIELD, text, Field.Store.NO));
      articles.add(document);
    }
    try (Monitor monitor = new Monitor(new ArabicAnalyzer())) {
      long began = System.nanoTime();
      monitor.register(queries);
      double built = (System.nanoTime() - began) / 1e9;
      for (Document article : articles) monitor.match(article, QueryMatch.SIMPLE_MATCHER); // warm
      long matches = 0, done = 0, end = System.nanoTime() + (long) (Double.parseDouble(args[2]) * 1e9);
      List<Double> times = new ArrayList<>();
      began = System.nanoTime();
      do {
        for (Document article : articles) {
          long t = System.nanoTime();
          matches += monitor.match(article, QueryMatch.SIMPLE_MATCHER).getMatchCount();
          times.add((System.nanoTime() - t) / 1e6);
          done++;
        }
      } while (System.nanoTime() < end);
      double seconds = (System.nanoTime() - began) / 1e9;
      double[] sorted = times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      Runtime r = Runtime.getRuntime();
      System.out.printf(
          "{\"docs_s\": %.1f, \"p99_ms\": %.2f, \"mean_matches\": %.2f, \"build_s\": %.1f, \"heap_mb\": %d}%n",
          done / seconds, sorted[(int) (sorted.length * 0.99)], matches / (double) done, built, (r.totalMemory() - r.freeMemory()) >> 20);
    }
  }

  private static Query query(QueryBuilder builder, String kind, String words, String without, int distance) {
    if (kind.equals("phrase")) return orNothing(builder.createPhraseQuery(FIELD, words));
    if (kind.equals("near")) {
      SpanTermQuery[] sides = Arrays.stream(words.split(" ")).map(w -> builder.createBooleanQuery(FIELD, w))
          .filter(q -> q instanceof TermQuery).map(q -> new SpanTermQuery(((TermQuery) q).getTerm())).toArray(SpanTermQuery[]::new);
      return sides.length < 2 ? new MatchNoDocsQuery() : new SpanNearQuery(sides, distance, false);
    }
    Query all = orNothing(builder.createBooleanQuery(FIELD, words, Occur.MUST));
    Query not = without.isEmpty() ? null : builder.createBooleanQuery(FIELD, without);
    if (not == null) return all;
    return new BooleanQuery.Builder().add(all, Occur.MUST).add(not, Occur.MUST_NOT).build();
  }

  private static Query orNothing(Query query) {
    return query == null ? new MatchNoDocsQuery() : query;
  }
}
