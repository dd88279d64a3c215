-- Made-up purchases: made_events has the fields of the topic. An event_id holds the time and the number of the event, so none
-- comes twice. A price depends on the category; the total is quantity times price less the discount, to the cent.

CREATE TABLE dice (
  made_at TIMESTAMP_LTZ(3),
  number BIGINT,
  customer INT,
  customer_segment STRING,
  product INT,
  product_category STRING,
  item INT,
  quantity INT,
  price DOUBLE,
  payment_method STRING,
  order_source STRING,
  place STRING,
  discount STRING,
  is_new_customer BOOLEAN,
  device_type STRING
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '${EVENTS_PER_SECOND:-1}',
  'fields.made_at.max-past' = '0 s',
  'fields.number.kind' = 'sequence', 'fields.number.start' = '1', 'fields.number.end' = '${MAX_EVENTS:-1000}',
  'fields.customer.min' = '1', 'fields.customer.max' = '9999',
  'fields.customer_segment.kind' = 'choice', 'fields.customer_segment.values' = 'Premium;Regular;Budget', 'fields.customer_segment.weights' = '2;5;3',
  'fields.product.min' = '1', 'fields.product.max' = '999',
  'fields.product_category.kind' = 'choice', 'fields.product_category.values' = 'Electronics;Clothing;Books;Home;Sports', 'fields.product_category.weights' = '3;3;2;2;2',
  'fields.item.min' = '1', 'fields.item.max' = '100',
  'fields.quantity.min' = '1', 'fields.quantity.max' = '5',
  'fields.price.min' = '0', 'fields.price.max' = '1',
  'fields.payment_method.kind' = 'choice', 'fields.payment_method.values' = 'Credit Card;Debit Card;PayPal;Apple Pay;Google Pay',
  'fields.order_source.kind' = 'choice', 'fields.order_source.values' = 'Website;Mobile App;In-Store',
  'fields.place.kind' = 'choice', 'fields.place.values' = 'US/New York;US/Los Angeles;US/Chicago;UK/London;DE/Berlin;FR/Paris;CA/Toronto;JP/Tokyo',
  'fields.discount.kind' = 'choice', 'fields.discount.values' = '0;5;10;15;20;25', 'fields.discount.weights' = '10;3;3;2;1;1',
  'fields.device_type.kind' = 'choice', 'fields.device_type.values' = 'Mobile;Desktop;Tablet', 'fields.device_type.weights' = '5;4;1'
);

CREATE VIEW category_prices AS
SELECT * FROM (VALUES
  ('Electronics', 50.00, 2000.00), ('Clothing', 15.00, 300.00), ('Books', 8.00, 80.00), ('Home', 20.00, 800.00), ('Sports', 10.00, 500.00)
) AS p(category, lowest, highest);

CREATE FUNCTION price_of(product_category STRING, dice DOUBLE) RETURNS DECIMAL(12, 2)
RETURN (
  SELECT MAX(CAST(p.lowest + dice * (p.highest - p.lowest) AS DECIMAL(12, 2))) FROM category_prices AS p WHERE p.category = product_category
);

CREATE VIEW priced AS
SELECT *, price_of(product_category, price) AS unit_price, CAST(discount AS DECIMAL(5, 2)) AS discount_percentage FROM dice;

CREATE VIEW made_events AS
SELECT
  CONCAT('purchase_', CAST(EXTRACT(EPOCH FROM made_at) * 1000 + EXTRACT(MILLISECOND FROM made_at) AS STRING), '_', CAST(1000 + number AS STRING)) AS event_id,
  made_at AS `timestamp`,
  CONCAT('customer_', CAST(customer AS STRING)) AS customer_id,
  customer_segment,
  CONCAT('product_', LOWER(product_category), '_', CAST(product AS STRING)) AS product_id,
  product_category,
  CONCAT(product_category, ' Item ', CAST(item AS STRING)) AS product_name,
  quantity,
  unit_price,
  CAST(ROUND(quantity * unit_price * (100 - discount_percentage) / 100, 2) AS DECIMAL(14, 2)) AS total_amount,
  'USD' AS currency,
  payment_method,
  order_source,
  CAST(ROW(SPLIT_INDEX(place, '/', 0), SPLIT_INDEX(place, '/', 1)) AS ROW<country STRING, city STRING>) AS location,
  discount_percentage,
  is_new_customer,
  device_type
FROM priced;
